//! Every answer of these tests against the served description: nothing undescribed, nothing missing, and what
//! may be absent is never sent as null instead.

use std::sync::LazyLock;

use serde_json::Value;

static API: LazyLock<Value> = LazyLock::new(|| serde_json::from_slice(&fairhold::http::openapi()).unwrap());

/// The answer to a call, if it is JSON of this API.
#[track_caller]
pub fn check_answer(method: &str, path: &str, status: u16, content_type: &str, body: &Value) {
    if content_type == "application/problem+json" {
        check("ProblemDetails", body);
        return check_code(method, path, status, &body["code"]);
    }
    let path = path.split('?').next().unwrap_or_default();
    if content_type != "application/json" || !path.starts_with("/v1/") || method == "HEAD" {
        return;
    }
    let template = API["paths"].as_object().unwrap().iter().find(|(template, _)| fits(template, path));
    let (template, operations) = template.unwrap_or_else(|| panic!("{path} is not described"));
    let answer = &operations[method.to_ascii_lowercase()]["responses"][status.to_string()];
    let schema = &answer["content"]["application/json"]["schema"];
    assert!(schema.is_object(), "{method} {template}: {status} is not described");
    compare(schema, body, &format!("{method} {template}"));
}

/// Whether the description of a call lists this problem; what the framework says of a call that there is not is in none.
#[track_caller]
fn check_code(method: &str, path: &str, status: u16, code: &Value) {
    let path = path.split('?').next().unwrap_or_default();
    let method = if method == "HEAD" { "get" } else { &method.to_ascii_lowercase() };
    let mut paths = API["paths"].as_object().unwrap().iter().filter(|(template, _)| fits(template, path));
    let Some((template, operations)) = paths.next() else { return };
    let code = code.as_str().unwrap_or_default();
    if !operations[method].is_object() || ["bad_request", "method_not_allowed"].contains(&code) {
        return;
    }
    let listed =
        operations[method]["responses"][status.to_string()]["description"].as_str().unwrap_or_default();
    assert!(
        listed.contains(&format!("`{code}`")),
        "{method} {template} may be answered {status} {code}: list it"
    );
}

/// A value against one of the named schemas.
#[track_caller]
pub fn check(schema: &str, value: &Value) {
    compare(&API["components"]["schemas"][schema], value, schema);
}

fn fits(template: &str, path: &str) -> bool {
    let (mut theirs, mut ours) = (template.split('/'), path.split('/'));
    let same =
        theirs.by_ref().zip(ours.by_ref()).all(|(t, o)| t == o || (t.starts_with('{') && !o.is_empty()));
    same && template.split('/').count() == path.split('/').count()
}

#[track_caller]
fn compare(schema: &Value, value: &Value, at: &str) {
    if let Err(wrong) = fault(schema, value, at) {
        panic!("{wrong}\n{value}");
    }
}

fn fault(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = API.pointer(reference.trim_start_matches('#'));
        return fault(target.ok_or_else(|| format!("{at}: {reference}"))?, value, at);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        return one_of(schema, choices, value, at);
    }
    // A schema that says nothing lets everything be.
    if schema.as_object().is_some_and(serde_json::Map::is_empty) {
        return Ok(());
    }
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    let types: Vec<&str> = match &schema["type"] {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        name => name.as_str().into_iter().collect(),
    };
    if !types.iter().any(|name| is(name)) {
        return Err(format!("{at}: is not {types:?}"));
    }
    if schema["enum"].as_array().is_some_and(|values| !values.contains(value)) {
        return Err(format!("{at}: {value} is not described"));
    }
    if value.as_i64().zip(schema["minimum"].as_i64()).is_some_and(|(value, least)| value < least) {
        return Err(format!("{at}: {value} is too small"));
    }
    match value {
        Value::Array(items) => array(schema, items, at),
        Value::Object(fields) => object(schema, fields, at),
        _ => Ok(()),
    }
}

/// With a discriminator the choice is made by it, so that the fault that is told is the right one.
fn one_of(schema: &Value, choices: &[Value], value: &Value, at: &str) -> Result<(), String> {
    if let Some(name) = schema["discriminator"]["propertyName"].as_str() {
        let kind = value[name].as_str().unwrap_or_default();
        let target = schema["discriminator"]["mapping"][kind].as_str();
        let target = target.ok_or_else(|| format!("{at}: {name} {kind:?} is not described"))?;
        return fault(&serde_json::json!({ "$ref": target }), value, &format!("{at}({kind})"));
    }
    let faults: Vec<String> = choices.iter().filter_map(|choice| fault(choice, value, at).err()).collect();
    if faults.len() + 1 == choices.len() { Ok(()) } else { Err(faults.join("; ")) }
}

fn array(schema: &Value, items: &[Value], at: &str) -> Result<(), String> {
    if let Some(places) = schema["prefixItems"].as_array() {
        if places.len() != items.len() {
            return Err(format!("{at}: has {} places", items.len()));
        }
        return places.iter().zip(items).try_for_each(|(place, item)| fault(place, item, at));
    }
    items.iter().enumerate().try_for_each(|(n, item)| fault(&schema["items"], item, &format!("{at}/{n}")))
}

fn object(schema: &Value, fields: &serde_json::Map<String, Value>, at: &str) -> Result<(), String> {
    for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(required) {
            return Err(format!("{at}: {required} is missing"));
        }
    }
    fields.iter().try_for_each(|(name, value)| {
        let at = format!("{at}/{name}");
        let known = schema["properties"].get(name).or(schema.get("additionalProperties"));
        fault(known.ok_or_else(|| format!("{at}: is not described"))?, value, &at)
    })
}

#[test]
fn what_is_not_as_described_is_found() {
    let hold = || {
        serde_json::json!({"type": "hold", "id": "hold_1", "inventory": "inv_1", "buyer": "buy_1", "state": "held",
        "epoch": 1, "seq": 2, "adjacent": true, "step": null, "lines": [{"offer": "A", "quantity": 1,
        "units": [["A", 1]], "price": null}], "total": null, "expires_at": "2026-05-01T11:00:00Z",
        "expires_in_seconds": 300})
    };
    check("LiveFrame", &hold());
    let wrong = |change: fn(&mut Value)| {
        let mut frame = hold();
        change(&mut frame);
        fault(&API["components"]["schemas"]["LiveFrame"], &frame, "").unwrap_err()
    };
    assert!(wrong(|frame| frame["colour"] = 1.into()).contains("colour: is not described"));
    assert!(wrong(|frame| drop(frame.as_object_mut().unwrap().remove("total"))).contains("total is missing"));
    assert!(wrong(|frame| frame["group"] = Value::Null).contains("group"), "absent, not null");
    assert!(wrong(|frame| frame["state"] = "lost".into()).contains("is not described"));
    assert!(wrong(|frame| frame["epoch"] = (-1).into()).contains("too small"));
    assert!(wrong(|frame| frame["lines"][0]["units"][0] = serde_json::json!(["A"])).contains("places"));
    assert!(wrong(|frame| frame["type"] = "holt".into()).contains("holt"));
}
