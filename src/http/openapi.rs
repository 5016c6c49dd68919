//! The descriptions: OpenAPI 3.1 for the calls, AsyncAPI 3 for the live stream, Swagger UI to read them.

use std::borrow::Cow;
use std::sync::OnceLock;

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, PathItem, Ref, Required, ResponseBuilder};
use utoipa::{Modify, OpenApi as _};
use utoipa_swagger_ui::Config;

use super::call::Answer;
use super::code::Code;
use super::described::frames::{AuthFrame, LiveFrame};
use super::problem::{FieldError, PROBLEM_JSON, Problem, ProblemDetails, Stranded};
use super::routes::{Access, Entry, ROUTES};
use super::{
    activity, amend, blocks, groups, health, holds, inventories, live, moves, offers, plan, plans, problems,
    replan, restock, sales, sales_list, sessions,
};

const ASYNCAPI: &str = include_str!("asyncapi.json");

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "fairhold",
        description = "A real-time reservation server: sells things that run out, never twice. Money is in \
            minor units of an ISO 4217 currency, times are RFC 3339 in UTC, ids sort by age. Every POST under \
            `/v1/inventories` and `/v1/groups` needs an `Idempotency-Key`; a repeat gets the same answer. The live stream is \
            described by `/asyncapi.json`."),
    paths(
        sessions::start, inventories::list, inventories::create, inventories::show, amend::configure, amend::cancel,
        plan::plan, plans::read_file, replan::replan, plan::availability, offers::list, live::live, holds::hold, holds::list, holds::extend, holds::change, holds::release,
        sales::purchase, sales::purchase_now, sales_list::list, activity::show, sales::give_back, blocks::block, blocks::list, blocks::allotment, blocks::unblock,
        restock::restock, groups::hold_all, groups::show, groups::release, groups::purchase,
        moves::move_hold, moves::move_sale, moves::move_several, health::livez, health::healthz, health::readyz, health::metrics,
        problems::explain, openapi_json, asyncapi_json,
    ),
    components(schemas(ProblemDetails<'static>, FieldError, Stranded, LiveFrame, AuthFrame)),
    modifiers(&FromRoutes),
    tags(
        (name = "sessions", description = "who buys"),
        (name = "inventories", description = "what is on sale"),
        (name = "holds", description = "claims with an end"),
        (name = "groups", description = "claims on several inventories, all or nothing"),
        (name = "sales", description = "claims made permanent"),
        (name = "operator", description = "running a sale; needs a secret key with the operator role"),
        (name = "live", description = "every change at once"),
        (name = "operations", description = "running this server"),
    ),
)]
struct Described;

/// Adds what follows from the route table: who may call, path ids, the idempotency key, all problems.
struct FromRoutes;

impl Modify for FromRoutes {
    fn modify(&self, api: &mut OpenApi) {
        let components = api.components.get_or_insert_default();
        let bearer = |format: &str, description: &str| {
            let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format(format);
            SecurityScheme::Http(scheme.description(Some(description)).build())
        };
        components.add_security_scheme("buyer", bearer("JWT", "a token of `POST /v1/sessions`"));
        components.add_security_scheme("key", bearer("sk_…", "a secret key of `fairhold keys create`"));
        for entry in ROUTES {
            if let Some(operation) = api.paths.paths.get_mut(entry.path).and_then(|path| of(path, entry)) {
                describe(operation, entry);
            }
        }
    }
}

fn of<'a>(path: &'a mut PathItem, entry: &Entry) -> Option<&'a mut Operation> {
    let operation = match entry.method.as_str() {
        "GET" => &mut path.get,
        "POST" => &mut path.post,
        "PATCH" => &mut path.patch,
        "PUT" => &mut path.put,
        _ => &mut path.delete,
    };
    operation.as_mut()
}

fn describe(operation: &mut Operation, entry: &Entry) {
    let (buyer, key) = (requirement("buyer"), requirement("key"));
    operation.security = match entry.access {
        Access::Public => None,
        Access::Optional => Some(vec![SecurityRequirement::default(), buyer]),
        Access::Buyer => Some(vec![buyer, key]),
        Access::Key | Access::Operator => Some(vec![key]),
    };
    let path_id = |id: &str| format!("{{{id}}}");
    for id in ["inventory", "group", "hold", "sale", "block"] {
        if entry.path.contains(&path_id(id)) {
            add_parameter(operation, id, ParameterIn::Path, "an id as it was given", Required::True);
        }
    }
    if needs_key(entry) {
        let text = "1 to 255 printable ASCII characters; fresh for every new request, the same for a repeat";
        add_parameter(operation, "Idempotency-Key", ParameterIn::Header, text, Required::True);
    } else if takes_key(entry) {
        let text = "1 to 255 printable ASCII characters: a repeat with the same gets the same answer";
        add_parameter(operation, "Idempotency-Key", ParameterIn::Header, text, Required::False);
    }
    for (status, codes) in by_status(problems_of(entry)) {
        let schema = Ref::from_schema_name("ProblemDetails");
        let names: Vec<&str> = codes.iter().map(|code| code.kind().code).collect();
        let example = serde_json::json!({
            "type": format!("https://tickets.example/problems/{}", names[0]), "title": codes[0].kind().title,
            "status": status, "code": names[0], "detail": codes[0].kind().help,
            "retryable": codes[0].kind().retryable, "request_id": "019de34e8b807a3f9c64d1f0a5b7c2e9",
        });
        let content = ContentBuilder::new().schema(Some(schema)).example(Some(example)).build();
        let response = ResponseBuilder::new()
            .description(format!("`{}`", names.join("`, `")))
            .content(PROBLEM_JSON, content)
            .build();
        operation.responses.responses.entry(status.to_string()).or_insert_with(|| response.into());
    }
}

fn requirement(scheme: &str) -> SecurityRequirement {
    SecurityRequirement::new::<_, [&str; 0], &str>(scheme, [])
}

fn add_parameter(
    operation: &mut Operation,
    name: &str,
    place: ParameterIn,
    description: &str,
    required: Required,
) {
    let mut schema = ObjectBuilder::new().schema_type(Type::String);
    if place == ParameterIn::Header {
        let longest = super::idempotency::KEY_LEN_MAX;
        schema = schema.min_length(Some(1)).max_length(Some(longest)).pattern(Some("^[ -~]+$"));
    }
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(Some(description))
        .schema(Some(schema.build()))
        .build();
    operation.parameters.get_or_insert_default().push(parameter.into());
}

fn needs_key(entry: &Entry) -> bool {
    entry.method == actix_web::http::Method::POST
        && ["/v1/inventories", "/v1/groups"].iter().any(|path| entry.path.starts_with(path))
}

/// Whether it takes a key where one is sent: what changes something in one inventory.
fn takes_key(entry: &Entry) -> bool {
    matches!(entry.method.as_str(), "PATCH" | "PUT" | "DELETE") && entry.path.starts_with("/v1/inventories")
}

/// Whether it has a body that is ours to understand; one call takes a file of somebody else's.
fn reads_json(entry: &Entry) -> bool {
    matches!(entry.method.as_str(), "POST" | "PATCH" | "PUT") && entry.path != "/v1/plans"
}

/// All problems that a call may have: its own, and those that follow from what it is.
fn problems_of(entry: &Entry) -> Vec<Code> {
    let mut codes = entry.problems.to_vec();
    if !entry.path.starts_with("/v1") {
        return codes;
    }
    match entry.access {
        Access::Public => {}
        Access::Optional => codes.extend([Code::TokenInvalid, Code::TokenExpired]),
        Access::Buyer => codes.extend([Code::Unauthenticated, Code::TokenInvalid, Code::TokenExpired]),
        Access::Key | Access::Operator => {
            codes.extend([Code::Unauthenticated, Code::TokenInvalid, Code::Forbidden]);
        }
    }
    if entry.path.contains("{inventory}") {
        codes.push(Code::InventoryUnknown);
    }
    let method = entry.method.as_str();
    if matches!(method, "POST" | "PATCH" | "PUT") {
        codes.extend([Code::BodyTooLarge, Code::BodyTimeout]);
    }
    if reads_json(entry) {
        codes.extend([Code::MalformedJson, Code::UnsupportedMediaType]);
        codes.extend([Code::UnknownField, Code::MissingField, Code::InvalidField]);
    }
    if needs_key(entry) {
        codes.extend([Code::IdempotencyKeyMissing, Code::IdempotencyKeyInvalid, Code::IdempotencyMismatch]);
    }
    if takes_key(entry) {
        codes.extend([Code::IdempotencyKeyInvalid, Code::IdempotencyMismatch]);
    }
    if method != "GET" {
        codes.extend([Code::Overloaded, Code::CommitPending, Code::NotCommitted]);
    }
    if entry.path.starts_with("/v1/") {
        codes.push(Code::RateLimited);
    }
    codes.extend([Code::Unavailable, Code::ShuttingDown, Code::Internal]);
    codes
}

fn by_status(codes: Vec<Code>) -> std::collections::BTreeMap<u16, Vec<Code>> {
    let mut grouped = std::collections::BTreeMap::<u16, Vec<Code>>::new();
    for code in codes {
        let group = grouped.entry(code.kind().status).or_default();
        if !group.contains(&code) {
            group.push(code);
        }
    }
    grouped
}

/// The whole OpenAPI document as JSON.
pub fn document() -> Bytes {
    static DOCUMENT: OnceLock<Bytes> = OnceLock::new();
    let encode = || serde_json::to_vec(&Described::openapi()).expect("a document has string keys").into();
    DOCUMENT.get_or_init(encode).clone()
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "operations", operation_id = "openapi",
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value)))]
pub(super) async fn openapi_json() -> Answer {
    Ok(public_json(document()))
}

/// The description of the live stream.
#[utoipa::path(get, path = "/asyncapi.json", tag = "operations", operation_id = "asyncapi",
    responses((status = 200, description = "AsyncAPI 3", body = serde_json::Value)))]
pub(super) async fn asyncapi_json() -> Answer {
    Ok(public_json(Bytes::from_static(ASYNCAPI.as_bytes())))
}

fn public_json(body: Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/json")))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")))
        .body(body)
}

/// Swagger UI, out of this binary.
pub(super) async fn docs(req: HttpRequest) -> Answer {
    static CONFIG: OnceLock<std::sync::Arc<Config<'static>>> = OnceLock::new();
    let config = CONFIG.get_or_init(|| Config::new(["/openapi.json"]).into()).clone();
    let name = req.match_info().get("file").unwrap_or_default();
    let file =
        utoipa_swagger_ui::serve(name, config).map_err(|error| Problem::fault(Code::Internal, error))?;
    let file = file.ok_or_else(|| Problem::new(Code::RouteUnknown))?;
    let policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                  frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    let mut response = HttpResponse::Ok();
    response
        .content_type(file.content_type)
        .insert_header((header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")));
    if file.gzpipped {
        response.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static("gzip")));
    }
    let bytes = match file.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    Ok(response.body(bytes))
}

/// Relative links of the page need the slash.
pub(super) async fn to_docs() -> Answer {
    Ok(HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn described() -> Value {
        serde_json::from_slice(&document()).unwrap()
    }

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let described = described();
        let routes: std::collections::BTreeSet<String> = ROUTES
            .iter()
            .filter(|entry| !entry.is_page())
            .map(|entry| format!("{} {}", entry.method, entry.path))
            .collect();
        let mut operations = std::collections::BTreeSet::new();
        for (path, item) in described["paths"].as_object().unwrap() {
            for method in item.as_object().unwrap().keys() {
                operations.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
        assert_eq!(operations, routes);
    }

    #[test]
    fn every_code_is_a_problem_of_some_call_or_of_all() {
        let framework = [Code::MethodNotAllowed, Code::BadRequest, Code::HeadTimeout, Code::HeadTooLarge];
        for code in Code::ALL {
            let used = ROUTES.iter().any(|entry| problems_of(entry).contains(code));
            assert!(used || framework.contains(code), "{} is no problem of any route", code.kind().code);
        }
    }

    #[test]
    fn references_lead_somewhere() {
        let document = described();
        let mut todo = vec![&document];
        while let Some(value) = todo.pop() {
            match value {
                Value::Object(fields) => {
                    if let Some(Value::String(reference)) = fields.get("$ref") {
                        let target = document.pointer(reference.trim_start_matches('#'));
                        assert!(target.is_some(), "{reference} leads nowhere");
                    }
                    todo.extend(fields.values());
                }
                Value::Array(items) => todo.extend(items),
                _ => {}
            }
        }
        assert_eq!(document["openapi"], "3.1.0");
    }

    #[test]
    fn every_live_frame_is_described_with_a_fitting_example() {
        let document: Value = serde_json::from_str(ASYNCAPI).unwrap();
        let messages = document["components"]["messages"].as_object().unwrap();
        let names: Vec<&str> = messages.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            ["auth", "beat", "delta", "hold", "inventory", "plan", "resumed", "snapshot", "viewers"]
        );
        for (name, message) in messages {
            let payload = &message["payload"];
            assert_eq!(payload["properties"]["type"]["const"], name.as_str());
            let example = message["examples"][0]["payload"].as_object().unwrap();
            let fields: Vec<&String> = example.keys().collect();
            // What is there at times only is in no example.
            let described = payload["properties"].as_object().unwrap().keys();
            let described: Vec<&String> = described.filter(|field| *field != "stale").collect();
            assert_eq!(fields, described, "{name}");
        }
    }
}
