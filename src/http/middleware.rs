//! What happens around every handler: request id, draining, security headers, problem bodies, metrics, log.
//!
//! One middleware and one allocation for its future: this path is walked by every refused hold of a flash sale.

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{Error, HttpMessage, HttpResponse, web};

use super::Api;
use super::budget::{self, Seen};
use super::code::Code;
use super::meter::Meter;
use super::problem::Problem;
use super::request_id::{self, RequestId};
use crate::limits::{Counted, Lane, Left, TurnedAway};

/// Wraps the whole application.
#[derive(Debug, Clone, Copy)]
pub struct Edge;

pub struct EdgeService<S> {
    inner: S,
    /// For requests that match no route.
    unmatched: Rc<Meter>,
}

type Outcome<B> = Result<ServiceResponse<EitherBody<B>>, Error>;

impl<S, B> Transform<S, ServiceRequest> for Edge
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = EdgeService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(EdgeService { inner, unmatched: Rc::new(Meter::new("unmatched")) }))
    }
}

impl<S, B> Service<ServiceRequest> for EdgeService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Outcome<B>>>>;

    forward_ready!(inner);

    fn call(&self, req: ServiceRequest) -> Self::Future {
        let started = Instant::now();
        let api: Arc<Api> = Arc::clone(Api::of(req.request()));
        let id = RequestId::of(req.headers(), api.sources.now());
        req.extensions_mut().insert(id.clone());
        let unmatched = Rc::clone(&self.unmatched);
        if api.lifecycle.is_draining() && !is_for_operators(req.path()) {
            let problem = Problem::new(Code::ShuttingDown).closing();
            let response = problem.render(&api.problem_types, &id.0);
            let response = req.into_response(response).map_into_right_body();
            return Box::pin(ready(Ok(finished(response, &api, &id, &unmatched, started))));
        }
        let lane = match admitted(&req, &api) {
            Ok(lane) => lane,
            Err((lane, away)) => {
                let mut response = Problem::from(away).render(&api.problem_types, &id.0);
                budget::tell(response.headers_mut(), lane, Err(&away));
                let response = req.into_response(response).map_into_right_body();
                return Box::pin(ready(Ok(finished(response, &api, &id, &unmatched, started))));
            }
        };
        let in_flight = api.lifecycle.enter();
        let answer = self.inner.call(req);
        Box::pin(async move {
            let _in_flight = in_flight;
            let mut response = with_problem_body(answer.await?, &api, &id);
            if let Some((lane, left)) = lane {
                budget::tell(response.headers_mut(), lane, Ok(&left));
            }
            Ok(finished(response, &api, &id, &unmatched, started))
        })
    }
}

/// Whether there is room for this call in somebody's budget; None: it is not counted. Handlers find who it was.
fn admitted(req: &ServiceRequest, api: &Api) -> Result<Option<(Lane, Left)>, (Lane, TurnedAway)> {
    if !budget::is_counted(req.path()) {
        return Ok(None);
    }
    let (seen, lane) = (Seen::of(req, api), budget::lane(req.method(), req.path()));
    let left = api.limiter.take(&seen.asker, Counted::Call(lane)).map_err(|away| (lane, away))?;
    req.extensions_mut().insert(seen);
    Ok(Some((lane, left)))
}

/// These stay reachable while the server stops.
fn is_for_operators(path: &str) -> bool {
    matches!(path, "/livez" | "/healthz" | "/readyz" | "/metrics")
}

/// Gives an error its body: a handler's problem, or the one that fits an error of the framework.
fn with_problem_body<B: MessageBody>(
    response: ServiceResponse<B>,
    api: &Api,
    id: &RequestId,
) -> ServiceResponse<EitherBody<B>> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response.map_into_left_body();
    }
    let rendered = match response.response().error() {
        Some(error) => match error.as_error::<Problem>() {
            Some(problem) => render(problem, api, id),
            None => render(&stray(status, error), api, id),
        },
        None if matches!(response.response().body().size(), BodySize::None | BodySize::Sized(0)) => {
            render(&stray(status, &status), api, id)
        }
        None => return response.map_into_left_body(),
    };
    response.into_response(rendered).map_into_right_body()
}

fn render(problem: &Problem, api: &Api, id: &RequestId) -> HttpResponse<BoxBody> {
    if let Some(cause) = problem.cause() {
        tracing::error!(request_id = %id.0, code = %problem, cause, "request failed");
    }
    problem.render(&api.problem_types, &id.0)
}

/// What an error without a problem comes down to.
fn stray(status: StatusCode, error: &dyn std::fmt::Display) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::new(Code::RouteUnknown),
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(Code::MethodNotAllowed),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Code::BodyTooLarge),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(Code::UnsupportedMediaType),
        StatusCode::REQUEST_TIMEOUT => Problem::new(Code::BodyTimeout).closing(),
        StatusCode::SERVICE_UNAVAILABLE => Problem::new(Code::Overloaded),
        _ if status.is_client_error() => Problem::new(Code::BadRequest),
        _ => Problem::fault(Code::Internal, error),
    }
}

fn finished<B>(
    mut response: ServiceResponse<B>,
    api: &Api,
    id: &RequestId,
    unmatched: &Meter,
    started: Instant,
) -> ServiceResponse<B> {
    protect(response.headers_mut(), id);
    let took = started.elapsed();
    let status = response.status();
    let request = response.request();
    let meter = request.app_data::<Meter>().unwrap_or(unmatched);
    meter.record(request.method(), status, took);
    if tracing::enabled!(tracing::Level::DEBUG) {
        log(request.method(), request.path(), status, took, id, api);
    }
    response
}

#[cold]
fn log(
    method: &Method,
    path: &str,
    status: StatusCode,
    took: std::time::Duration,
    id: &RequestId,
    api: &Api,
) {
    let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let in_flight = api.lifecycle.in_flight();
    tracing::debug!(request_id = %id.0, %method, path, status = status.as_u16(), took_us, in_flight, "request");
}

/// Headers that every answer has; a page says itself what it tells others of where it is.
fn protect(headers: &mut HeaderMap, id: &RequestId) {
    const REQUEST_ID: HeaderName = HeaderName::from_static(request_id::HEADER);
    if let Some(id) = id.header_value() {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(header::REFERRER_POLICY) {
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
}

/// An application needs its [`Api`]; this says so at the first request instead of in every handler.
impl Api {
    pub(super) fn of(req: &actix_web::HttpRequest) -> &Arc<Api> {
        let api: &web::Data<Api> = req.app_data().expect("the application is built with app_data(Data<Api>)");
        api
    }
}
