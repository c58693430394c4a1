//! What a request says, read into types that also describe themselves in `/v1/openapi.json`.
//!
//! Every mistake is a [`Failure::BadRequest`] that names the member and the remedy.

mod bounded;
mod word;

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, RequestBody, SchemaObject};
use aide::operation::{ParamLocation, add_parameters, parameters_from_schema, set_body};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use http::request::Parts;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::de::value::MapDeserializer;
use serde_path_to_error::Error as At;

pub(crate) use bounded::Text;
pub(crate) use word::{Limit, MatcherText, Word, Words};

use crate::failure::Failure;

/// The query string; parameters that `T` does not name are ignored.
pub(crate) struct Query<T>(pub(crate) T);

/// The variable parts of the path.
pub(crate) struct Path<T>(pub(crate) T);

/// A JSON body; an absent one is `{}`.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let query = serde_path_to_error::deserialize(serde_html_form::Deserializer::new(pairs));
        query.map(Self).map_err(|error: At<serde::de::value::Error>| {
            let name = error.path().to_string();
            // A list's words have a place behind the name.
            let is_repeated = pairs.filter(|(given, _)| *given == name).nth(1).is_some();
            if is_repeated { Failure::BadRequest(format!("{name}: give it once")) } else { mistake(&error) }
        })
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Path<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let variables = RawPathParams::from_request_parts(parts, state).await;
        let variables = variables.map_err(|error| Failure::BadRequest(error.body_text()))?;
        let pairs = MapDeserializer::<_, serde::de::value::Error>::new(variables.iter());
        serde_path_to_error::deserialize(pairs).map(Self).map_err(|error| mistake(&error))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|error| Failure::BadRequest(error.body_text()))?;
        let json = if bytes.trim_ascii().is_empty() { &b"{}"[..] } else { bytes.trim_ascii() };
        // serde would read an array as a struct's members in their order.
        if !json.starts_with(b"{") {
            return Err(Failure::BadRequest("the body is not a JSON object".to_owned()));
        }
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        let body = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| mistake(&error))?;
        let end = deserializer.end();
        end.map_err(|error| Failure::BadRequest(format!("the body goes on behind its object: {error}")))?;
        Ok(Self(body))
    }
}

/// `<member>: <what is wrong with it>`; a member that is named needs no line and column.
fn mistake<E: std::fmt::Display>(error: &At<E>) -> Failure {
    let (path, inner) = (error.path().to_string(), error.inner().to_string());
    let what = inner.rsplit_once(" at line ").map_or(inner.as_str(), |(what, _)| what);
    Failure::BadRequest(if path == "." { inner } else { format!("{path}: {what}") })
}

impl<T: JsonSchema> OperationInput for Query<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        describe::<T>(context, operation, ParamLocation::Query);
    }
}

impl<T: JsonSchema> OperationInput for Path<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        describe::<T>(context, operation, ParamLocation::Path);
    }
}

fn describe<T: JsonSchema>(context: &mut GenContext, operation: &mut Operation, location: ParamLocation) {
    let schema = T::json_schema(&mut context.schema);
    let parameters = parameters_from_schema(context, schema, location);
    add_parameters(context, operation, parameters);
}

impl<T: JsonSchema + DeserializeOwned> OperationInput for Body<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        let json_schema = context.schema.subschema_for::<T>();
        let schema = Some(SchemaObject { json_schema, external_docs: None, example: None });
        let json = MediaType { schema, ..MediaType::default() };
        let body = RequestBody {
            content: [("application/json".to_owned(), json)].into_iter().collect(),
            required: serde_json::from_str::<T>("{}").is_err(),
            ..RequestBody::default()
        };
        set_body(context, operation, body);
    }
}
