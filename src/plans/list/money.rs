//! Prices as people write them: `66000`, `66,000원`, `₩66,000`, `12.50`, `12,50 €`.

/// The amount in minor units of a currency with so many digits behind its point. None: it is no amount.
pub(in crate::plans) fn amount(text: &str, digits: u32) -> Option<i64> {
    let number: String =
        text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '\'')).collect();
    let around = |c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | '\'' | ' ' | '\u{a0}');
    let marks: String = text.chars().filter(|c| around(*c)).collect();
    if marks.contains('-') || marks.chars().count() > 3 {
        return None;
    }
    // The last sign parts the minor units if two digits or fewer are behind it; others group thousands.
    let (whole, minor) = match number.rfind(['.', ',']) {
        Some(at) if number.len() - at - 1 <= 2 => (&number[..at], &number[at + 1..]),
        Some(_) | None => (number.as_str(), ""),
    };
    if !is_grouped(whole) || minor.len() > digits as usize && minor.bytes().any(|digit| digit != b'0') {
        return None;
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let minor = &minor[..minor.len().min(digits as usize)];
    format!("{whole}{minor:0<width$}", width = digits as usize).parse().ok()
}

/// Whether signs only part groups of three digits.
fn is_grouped(whole: &str) -> bool {
    let mut groups = whole.split([',', '.', '\'']);
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    !first.is_empty() && rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || first.len() <= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, digits, minor) in [
            ("66000", 0, Some(66_000)),
            ("66,000", 0, Some(66_000)),
            ("₩66,000", 0, Some(66_000)),
            ("66,000원", 0, Some(66_000)),
            ("66000.00", 0, Some(66_000)),
            ("1,500", 2, Some(150_000)),
            ("12.50", 2, Some(1_250)),
            ("12,5", 2, Some(1_250)),
            ("1.234,50 €", 2, Some(123_450)),
            ("CHF 1'200", 2, Some(120_000)),
            ("0", 2, Some(0)),
            ("12.50", 0, None),
            ("-5", 0, None),
            ("", 0, None),
            ("free", 0, None),
            ("1,2,3", 0, None),
            ("99999999999999999999", 0, None),
        ] {
            assert_eq!(amount(text, digits), minor, "{text}");
        }
    }
}
