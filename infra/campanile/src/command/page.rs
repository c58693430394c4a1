//! Lists that the API answers in pages.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::server::{Server, ServerError};

/// How many items are asked for at a time.
const PAGE: usize = 500;

/// Which part of a list
#[derive(Debug, Clone, Args)]
pub(super) struct Part {
    /// How many at most
    #[arg(long, value_name = "NUMBER", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Go on where `next_cursor` of an earlier list says
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    cursor: Option<String>,
}

/// Items of one name: as the API answered them, or what `T` takes of each.
#[derive(Debug)]
pub(super) struct Listing<T = Box<RawValue>> {
    name: &'static str,
    pub(super) items: Vec<T>,
    pub(super) next_cursor: Option<String>,
}

/// An item that is not as this version of the command knows it.
#[derive(Debug, thiserror::Error)]
#[error("the answer is of a form that this version does not know: --json shows it as it is")]
pub(super) struct UnknownForm(#[from] serde_json::Error);

impl Part {
    /// As many as there are, up to `limit`.
    pub(super) const fn first(limit: u32) -> Self {
        Self { limit, cursor: None }
    }
}

impl Server {
    /// The items called `name` of the list at `path`, page after page.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        name: &'static str,
        query: &[(&str, String)],
        part: &Part,
    ) -> Result<Listing<T>, ServerError> {
        let most = usize::try_from(part.limit).unwrap_or(usize::MAX);
        let mut listing = Listing { name, items: Vec::new(), next_cursor: part.cursor.clone() };
        let mut size = PAGE;
        loop {
            let limit = size.min(most - listing.items.len());
            match self.page(path, query, limit, &mut listing).await {
                Err(error) if error.is_too_much() && size > 1 => size /= 2,
                Err(error) => return Err(error),
                Ok(()) if listing.next_cursor.is_none() || listing.items.len() >= most => return Ok(listing),
                Ok(()) => {}
            }
        }
    }

    async fn page<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
        limit: usize,
        listing: &mut Listing<T>,
    ) -> Result<(), ServerError> {
        let mut query = query.to_vec();
        query.push(("limit", limit.to_string()));
        query.extend(listing.next_cursor.iter().map(|cursor| ("cursor", cursor.clone())));
        let answer = self.get(path, &query).await?;
        listing.items.append(&mut answer.member(listing.name)?);
        listing.next_cursor = answer.member("next_cursor")?;
        Ok(())
    }
}

impl Listing {
    /// What the items say, for a table.
    pub(super) fn rows<T: DeserializeOwned>(&self) -> Result<Vec<T>, UnknownForm> {
        self.items.iter().map(|item| Ok(serde_json::from_str(item.get())?)).collect()
    }

    /// The same list, as the API would answer it in one page.
    pub(super) fn json(&self) -> serde_json::Result<String> {
        let items = serde_json::to_string(&self.items)?;
        let cursor = serde_json::to_string(&self.next_cursor)?;
        Ok(format!(r#"{{"{}":{items},"next_cursor":{cursor}}}"#, self.name))
    }
}
