//! Names of AWS resources, in every partition, and the hosts of their services.

/// An [ARN](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html), taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    partition: &'a str,
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) resource: &'a str,
}

impl<'a> Arn<'a> {
    /// `text` taken apart, if it names a resource in a region of an account.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next();
        let ("arn", partition, service) = (next()?, next()?, next()?) else { return None };
        let (region, account, resource) = (next()?, next()?, next()?);
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        let is_whole =
            partition.starts_with("aws") && is_region(region) && is_account && !resource.is_empty();
        is_whole.then_some(Self { partition, service, region, resource })
    }

    /// The host of its service, called `name` there.
    pub(crate) fn host(&self, name: &str) -> String {
        let end = if self.partition == "aws-cn" { ".cn" } else { "" };
        format!("{name}.{}.amazonaws.com{end}", self.region)
    }
}

/// Whether `text` has the form of a region's name, like `eu-central-1`.
pub(crate) fn is_region(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return false };
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number = !last.is_empty() && last.len() <= 2 && last.bytes().all(|byte| byte.is_ascii_digit());
    !middle.is_empty() && is_number && is_word(first) && middle.iter().all(is_word)
}

/// The region in the host of an AWS destination, like `sns.eu-central-1.amazonaws.com`; none is the function's own.
pub fn aws_region(host: &str) -> Option<&str> {
    let (_, rest) = host.split_once('.')?;
    let region = rest.strip_suffix(".amazonaws.com").or_else(|| rest.strip_suffix(".amazonaws.com.cn"))?;
    is_region(region).then_some(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_partition_is_read() {
        for (text, host) in [
            ("arn:aws:sns:eu-central-1:123456789012:alerts", Some("sns.eu-central-1.amazonaws.com")),
            ("arn:aws-cn:sns:cn-north-1:123456789012:alerts", Some("sns.cn-north-1.amazonaws.com.cn")),
            ("arn:aws-us-gov:sns:us-gov-west-1:123456789012:a", Some("sns.us-gov-west-1.amazonaws.com")),
            ("arn:aws:sns:eu-central-1:1234:alerts", None),
            ("arn:aws:sns::123456789012:alerts", None),
            ("arn:azure:sns:eu-central-1:123456789012:alerts", None),
            ("arn:aws:sns:eu-central-1:123456789012:", None),
            ("arn:aws:sns:eu-central-1:123456789012", None),
            ("alerts", None),
        ] {
            assert_eq!(Arn::parse(text).map(|arn| arn.host("sns")).as_deref(), host, "{text}");
        }
    }

    #[test]
    fn a_host_names_its_region_where_it_has_one() {
        assert_eq!(aws_region("sns.eu-central-1.amazonaws.com"), Some("eu-central-1"));
        assert_eq!(aws_region("events.cn-north-1.amazonaws.com.cn"), Some("cn-north-1"));
        assert_eq!(aws_region("email.us-gov-west-1.amazonaws.com"), Some("us-gov-west-1"));
        assert_eq!(aws_region("events.amazonaws.com"), None);
        assert_eq!(aws_region("hooks.example.com"), None);
    }
}
