//! Templates and policies, as far as they can be changed.

use serde_json::{Value, json};

use super::monitor::{Fault, Monitor};

/// What a template must have.
const REQUIRED: [&str; 4] = ["Module", "Name", "NoticeType", "NoticeLanguage"];

impl Monitor {
    /// What a request that lists policies, or changes something, is answered.
    pub(super) fn change(&mut self, action: &str, asked: &Value) -> Result<Value, Fault> {
        if asked["Module"] != "monitor" {
            return Err(Fault::Code("MissingParameter"));
        }
        match action {
            "DescribeAlarmPolicies" => Ok(self.policies_of_page(asked)),
            "CreateAlarmNotice" => self.create(asked),
            "ModifyAlarmNotice" => self.modify(asked),
            "DeleteAlarmNotices" => self.delete(asked),
            "ModifyAlarmPolicyNotice" => self.bind(asked),
            _ => Err(Fault::Code("InvalidAction")),
        }
    }

    fn policies_of_page(&self, asked: &Value) -> Value {
        let number = |name: &str| usize::try_from(asked[name].as_u64().unwrap()).unwrap();
        let (page, size) = (number("PageNumber"), number("PageSize"));
        let shown: Vec<_> = self.policies.iter().skip((page - 1) * size).take(size).collect();
        json!({ "TotalCount": self.policies.len(), "Policies": shown })
    }

    fn create(&mut self, asked: &Value) -> Result<Value, Fault> {
        let id = format!("notice-{}", self.notices.len() + 100);
        let notice = template(asked, &id)?;
        self.notices.push(notice);
        Ok(json!({ "NoticeId": id }))
    }

    /// Replaces the template: what is not named is gone.
    fn modify(&mut self, asked: &Value) -> Result<Value, Fault> {
        let id = asked["NoticeId"].as_str().ok_or(Fault::Code("MissingParameter"))?;
        let changed = template(asked, id)?;
        let known = self.notices.iter_mut().find(|notice| notice["Id"] == id);
        *known.ok_or(Fault::Code("ResourceNotFound"))? = changed;
        Ok(json!({}))
    }

    fn delete(&mut self, asked: &Value) -> Result<Value, Fault> {
        let ids = asked["NoticeIds"].as_array().ok_or(Fault::Code("MissingParameter"))?;
        let is_bound =
            |policy: &Value| policy["NoticeIds"].as_array().unwrap().iter().any(|id| ids.contains(id));
        if self.policies.iter().any(is_bound) {
            return Err(Fault::Code("InvalidParameter.NoticeIsBound"));
        }
        self.notices.retain(|notice| !ids.contains(&notice["Id"]));
        Ok(json!({}))
    }

    /// The list is the new set.
    fn bind(&mut self, asked: &Value) -> Result<Value, Fault> {
        let ids = asked["PolicyIds"]
            .as_array()
            .filter(|ids| ids.len() <= 30)
            .ok_or(Fault::Code("InvalidParameter"))?;
        for policy in self.policies.iter_mut().filter(|policy| ids.contains(&policy["PolicyId"])) {
            policy["NoticeIds"] = asked["NoticeIds"].clone();
            policy["HierarchicalNotices"] = asked["HierarchicalNotices"].clone();
        }
        Ok(json!({}))
    }
}

fn template(asked: &Value, id: &str) -> Result<Value, Fault> {
    let has_all = REQUIRED.iter().all(|name| asked[name].is_string());
    let urls = asked["URLNotices"].as_array().cloned().unwrap_or_default();
    let are_short = urls.iter().all(|url| url["URL"].as_str().is_some_and(|url| url.len() <= 256));
    if !has_all || !are_short || urls.len() > 6 {
        return Err(Fault::Code("InvalidParameterValue"));
    }
    let mut notice = asked.clone();
    notice["Id"] = json!(id);
    Ok(notice)
}
