//! What the JSON parser says, in words for people who never saw this code: no names of its types, and the bounds
//! that they stand for.

/// A complaint of the parser (pinned by the tests of `body`) without its place.
pub(super) fn of_parser(message: &str) -> String {
    let mismatch = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "));
    if let Some((found, expected)) = mismatch.and_then(|rest| rest.rsplit_once(", expected ")) {
        return format!("expected {}, found {}", kind(expected), thing(found));
    }
    let length = message.strip_prefix("invalid length ");
    if let Some((found, expected)) = length.and_then(|rest| rest.split_once(", expected ")) {
        return format!("expected {}, found {found}", kind(expected));
    }
    let variant = message.strip_prefix("unknown variant ");
    if let Some((found, expected)) = variant.and_then(|rest| rest.rsplit_once(", expected ")) {
        return format!("expected {expected}, found {found}");
    }
    if message.starts_with("data did not match any variant") {
        return "is of no known form".to_owned();
    }
    if message.starts_with("expected value") {
        return "expected another kind of value".to_owned();
    }
    message.to_owned()
}

/// What a field takes.
fn kind(expected: &str) -> String {
    let (least, type_name) = match expected.strip_prefix("a nonzero ") {
        Some(name) => (Some("1"), name),
        None => (None, expected),
    };
    if let Some((from, to)) = range(type_name) {
        return format!("a whole number from {} to {to}", least.unwrap_or(from));
    }
    match expected {
        "f32" | "f64" => "a number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "unit" => "null".to_owned(),
        "a sequence" => "an array".to_owned(),
        "a map" => "an object".to_owned(),
        "a borrowed string" | "string or map" | "a character" | "variant identifier" => "a string".to_owned(),
        _ if expected.starts_with("struct ") => "an object".to_owned(),
        _ if is_tuple(expected) => match expected.split(' ').find(|word| word.parse::<u32>().is_ok()) {
            Some(len) => format!("an array of {len}"),
            None => "an array".to_owned(),
        },
        _ => expected.to_owned(),
    }
}

fn is_tuple(expected: &str) -> bool {
    ["a tuple ", "tuple ", "an array of length "].iter().any(|begin| expected.starts_with(begin))
}

fn range(type_name: &str) -> Option<(&'static str, &'static str)> {
    Some(match type_name {
        "u8" => ("0", "255"),
        "u16" => ("0", "65535"),
        "u32" => ("0", "4294967295"),
        "u64" | "usize" => ("0", "18446744073709551615"),
        "i8" => ("-128", "127"),
        "i16" => ("-32768", "32767"),
        "i32" => ("-2147483648", "2147483647"),
        "i64" | "isize" => ("-9223372036854775808", "9223372036854775807"),
        _ => return None,
    })
}

/// What stands there instead.
fn thing(found: &str) -> &str {
    match found {
        "sequence" => "an array",
        "map" => "an object",
        "unit value" | "Option value" => "null",
        "byte array" => "bytes",
        _ => ["integer ", "floating point ", "boolean ", "string ", "character "]
            .iter()
            .find_map(|kind| found.strip_prefix(kind))
            .unwrap_or(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_the_code_are_told_as_what_they_hold() {
        for (message, words) in [
            (
                "invalid type: string \"2\", expected a nonzero u32",
                "expected a whole number from 1 to 4294967295, found \"2\"",
            ),
            (
                "invalid value: integer `0`, expected a nonzero u32",
                "expected a whole number from 1 to 4294967295, found `0`",
            ),
            ("invalid value: integer `-1`, expected u8", "expected a whole number from 0 to 255, found `-1`"),
            (
                "invalid type: floating point `1.5`, expected i64",
                "expected a whole number from -9223372036854775808 to 9223372036854775807, found `1.5`",
            ),
            ("invalid type: sequence, expected an object", "expected an object, found an array"),
            ("invalid type: map, expected a sequence", "expected an array, found an object"),
            ("invalid type: null, expected struct Settings", "expected an object, found null"),
            ("invalid type: boolean `true`, expected a string", "expected a string, found `true`"),
            (
                "invalid type: string \"a, expected b\", expected f64",
                "expected a number, found \"a, expected b\"",
            ),
            ("invalid length 1, expected a tuple of size 2", "expected an array of 2, found 1"),
            (
                "invalid length 3, expected fewer elements in array",
                "expected fewer elements in array, found 3",
            ),
            ("unknown variant `x`, expected `key` or `open`", "expected `key` or `open`, found `x`"),
            ("data did not match any variant of untagged enum Price", "is of no known form"),
            ("missing field `offer`", "missing field `offer`"),
        ] {
            assert_eq!(of_parser(message), words);
        }
    }
}
