//! What the command line lays over a plan: its name, its currency, the prices of its categories.

use std::collections::BTreeSet;

use super::findings::{mended, quote};
use super::list::amount;
use super::{Amount, Draft, ImportOptions};
use crate::domain::Currency;
use crate::domain::plan::PlanDocument;

/// A price is `category=amount`, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a price is CATEGORY=AMOUNT, with the amount in minor units, such as 'Category II=150000'")]
pub struct BadPrice;

/// Reads `Category II=150000`. The last `=` counts, so a name may have one.
pub fn parse_price(text: &str) -> Result<(String, i64), BadPrice> {
    let (category, amount) = text.rsplit_once('=').ok_or(BadPrice)?;
    let amount = amount.trim().parse().ok().filter(|amount| *amount >= 0).ok_or(BadPrice)?;
    let category = category.trim();
    if category.is_empty() { Err(BadPrice) } else { Ok((category.to_owned(), amount)) }
}

pub(super) fn lay_over(draft: &mut Draft, options: &ImportOptions) {
    if let Some(name) = &options.name {
        draft.document.name.clone_from(name);
    }
    if let Some(name) = options.file_name.as_ref().filter(|_| draft.document.name.is_empty()) {
        draft.document.name = mended(name).unwrap_or_else(|| name.clone());
    }
    lay_currency(draft, options);
    lay_amounts(draft);
    let mut priced = BTreeSet::new();
    for (wanted, amount) in &options.prices {
        let categories = found(&draft.document, wanted);
        let (code, detail) = match categories.as_slice() {
            &[category] if priced.insert(category) => {
                draft.document.categories[category].price = Some(*amount);
                continue;
            }
            [_] => ("price_repeated", format!("category {} is given two prices", quote(wanted))),
            [] => ("price_unknown", format!("a price is given for {}: no such category", quote(wanted))),
            _ => ("price_ambiguous", format!("several categories have the name {}", quote(wanted))),
        };
        draft.findings.beyond_repair(code, "", detail);
    }
}

fn lay_currency(draft: &mut Draft, options: &ImportOptions) {
    let Some(currency) = options.currency else { return };
    match draft.document.currency {
        Some(own) if own != currency && has_prices(&draft.document) => {
            let detail = format!("the plan has prices in {own}, they cannot be read as {currency}");
            draft.findings.beyond_repair("currency_conflict", "/currency", detail);
        }
        _ => draft.document.currency = Some(currency),
    }
}

/// Prices that the file writes as people do, in the minor units of the currency.
fn lay_amounts(draft: &mut Draft) {
    let currency = draft.document.currency;
    for Amount { category, text, place } in std::mem::take(&mut draft.amounts) {
        // Without a currency there is no price, and the compiler says so.
        // One that is in ISO 4217 no more had two decimals, as most have.
        let decimals = |currency: Currency| currency.decimals().unwrap_or(2);
        let price =
            amount(&text, currency.map_or(0, decimals).into()).or_else(|| currency.map_or(Some(0), |_| None));
        match price {
            Some(price) => draft.document.categories[category].price = Some(price),
            None => {
                let wrong = format!("{} is no price", quote(&text));
                draft.findings.beyond_repair("price_range", place, wrong);
            }
        }
    }
}

/// By id; without such an id, by name.
fn found(document: &PlanDocument, wanted: &str) -> Vec<usize> {
    let categories = document.categories.iter().enumerate();
    match categories.clone().find(|(_, category)| category.id == wanted) {
        Some((n, _)) => vec![n],
        None => categories.filter(|(_, category)| category.name == wanted).map(|(n, _)| n).collect(),
    }
}

fn has_prices(document: &PlanDocument) -> bool {
    document.categories.iter().any(|category| category.price.is_some())
        || document.items.iter().any(|item| item.price.is_some())
        || document.offers.iter().any(|offer| offer.price.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans::{Report, read};

    const PLAN: &str = r#"{"name":"hall","categories":[{"id":"1","name":"Front"},{"id":"2","name":"Back"},
        {"id":"3","name":"Back"}],"items":[{"id":"cap","label":"Cap","capacity":1,"sellable":true}]}"#;

    fn with(plan: &str, prices: &[&str], currency: Option<&str>) -> Result<Vec<Option<i64>>, Vec<String>> {
        let prices = prices.iter().map(|price| parse_price(price).unwrap()).collect();
        let currency = currency.map(|currency| currency.parse().unwrap());
        let options = ImportOptions { prices, currency, ..ImportOptions::default() };
        let codes =
            |report: Box<Report>| report.defects.into_iter().map(|defect| defect.code).collect::<Vec<_>>();
        let plan = read(plan.as_bytes(), &options, &mut |_, _| {}).map_err(codes)?.plan;
        Ok(plan.categories().iter().map(|category| category.price).collect())
    }

    #[test]
    fn a_price_names_a_category_by_id_or_name() {
        let prices = with(PLAN, &["Front=150000", "3=90000"], Some("KRW"));
        assert_eq!(prices, Ok(vec![Some(150_000), None, Some(90_000)]));
    }

    #[test]
    fn a_price_that_fits_no_one_category_is_a_defect() {
        let codes = with(PLAN, &["Balcony=1", "Back=2", "Front=3", "1=4"], Some("KRW"));
        let expected = ["price_unknown", "price_ambiguous", "price_repeated"];
        assert_eq!(codes, Err(expected.map(str::to_owned).to_vec()));
        let codes = with(PLAN, &["Balcony=1", "Front=999999999999"], Some("KRW"));
        assert_eq!(codes, Err(["price_unknown", "price_range"].map(str::to_owned).to_vec()));
    }

    #[test]
    fn prices_need_a_currency_and_keep_theirs() {
        assert_eq!(with(PLAN, &["1=1"], None), Err(vec!["currency_missing".to_owned()]));
        let priced = r#"{"name":"shop","currency":"KRW","items":[{"id":"cap","capacity":1,"sellable":true,"price":1}]}"#;
        assert_eq!(with(priced, &[], Some("USD")), Err(vec!["currency_conflict".to_owned()]));
        assert_eq!(with(priced, &[], Some("KRW")), Ok(vec![]));
    }

    #[test]
    fn the_last_equals_sign_of_a_price_counts() {
        assert_eq!(parse_price("a=b=5"), Ok(("a=b".to_owned(), 5)));
        for bad in ["", "a", "=5", "a=", "a=-1", "a=1.5", "a=99999999999999999999"] {
            assert_eq!(parse_price(bad), Err(BadPrice), "{bad}");
        }
    }
}
