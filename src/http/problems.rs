//! `/problems/{code}`: where the `type` of a problem leads.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use super::call::Answer;
use super::code::{Code, Kind};
use super::problem::Problem;

/// What a problem means and what helps.
#[utoipa::path(get, path = "/problems/{code}", tag = "operations", operation_id = "explain_problem",
    params(("code" = String, Path, description = "the `code` of a problem")),
    responses((status = 200, description = "a short page", body = String, content_type = "text/html")))]
pub(super) async fn explain(req: HttpRequest) -> Answer {
    let code = req.match_info().get("code").and_then(Code::named);
    let code = code.ok_or_else(|| Problem::new(Code::RouteUnknown))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
        ))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")))
        .body(page(code.kind())))
}

/// All of it is text of ours: the table has no markup.
fn page(kind: &Kind) -> String {
    let Kind { code, status, title, retryable, help } = kind;
    let repeat = match retryable {
        true => "The same request may be sent again with the same idempotency key.",
        false => "Sending the same request again does not help by itself.",
    };
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{code}</title>\n\
         <h1>{title}</h1>\n<p><code>{code}</code>, status {status}</p>\n<p>{help}</p>\n<p>{repeat}</p>\n\
         <p>All problems stand in the <a href=\"/docs/\">documentation</a>.</p>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_no_markup() {
        for code in Code::ALL {
            let Kind { title, help, .. } = code.kind();
            assert!(!title.contains(['<', '&', '"']) && !help.contains(['<', '&', '"']), "{title}: {help}");
        }
    }
}
