//! The short names of regions that alarms carry, and the long ones that everything else in the cloud goes by.

/// The long name of the region `code`; any code that is not known stays as it is.
pub(super) fn long_name(code: String) -> String {
    let name = match code.to_ascii_lowercase().as_str() {
        "gz" => "ap-guangzhou",
        "sh" => "ap-shanghai",
        "bj" => "ap-beijing",
        "nj" => "ap-nanjing",
        "cd" => "ap-chengdu",
        "cq" => "ap-chongqing",
        "hk" => "ap-hongkong",
        "tpe" => "ap-taipei",
        "sg" => "ap-singapore",
        "kr" => "ap-seoul",
        "jp" => "ap-tokyo",
        "in" => "ap-mumbai",
        "th" => "ap-bangkok",
        "usw" => "na-siliconvalley",
        "use" => "na-ashburn",
        "de" => "eu-frankfurt",
        _ => return code,
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::long_name;

    #[test]
    fn a_code_becomes_the_long_name_and_anything_else_stays() {
        assert_eq!(long_name("hk".to_owned()), "ap-hongkong");
        assert_eq!(long_name("USW".to_owned()), "na-siliconvalley");
        assert_eq!(long_name("de".to_owned()), "eu-frankfurt");
        assert_eq!(long_name("ap-guangzhou".to_owned()), "ap-guangzhou");
        assert_eq!(long_name("Mars".to_owned()), "Mars");
    }
}
