//! How long requests take, by route, method and class of status. Handles are made once per worker and cell.

use std::cell::OnceCell;
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use metrics::Histogram;

pub(super) const DURATION: &str = "http_server_request_duration_seconds";
pub(super) const IN_FLIGHT: &str = "http_server_requests_in_flight";

const METHODS: [&str; 6] = ["GET", "POST", "PATCH", "PUT", "DELETE", "other"];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The histograms of one route pattern.
pub(super) struct Meter {
    pub(super) route: &'static str,
    cells: [[OnceCell<Histogram>; CLASSES.len()]; METHODS.len()],
}

impl Meter {
    pub(super) fn new(route: &'static str) -> Self {
        Self { route, cells: Default::default() }
    }

    pub(super) fn record(&self, method: &Method, status: StatusCode, took: Duration) {
        let method = METHODS.iter().position(|name| *name == method.as_str()).unwrap_or(METHODS.len() - 1);
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES.len()) - 1;
        let cell = self.cells[method][class].get_or_init(|| {
            metrics::histogram!(DURATION, "route" => self.route, "method" => METHODS[method], "status_class" => CLASSES[class])
        });
        cell.record(took.as_secs_f64());
    }
}

/// Describes the metrics of this layer; once, after the recorder is installed.
pub(super) fn describe() {
    metrics::describe_histogram!(
        DURATION,
        metrics::Unit::Seconds,
        "time from a request's head to its answer's"
    );
    metrics::describe_gauge!(IN_FLIGHT, "requests whose answer is not made yet");
}
