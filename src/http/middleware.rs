//! What happens around every handler: request id, draining, security headers, problem bodies, metrics, log.
//!
//! One middleware and one allocation for its future: this path is walked by every refused hold of a flash sale.

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, Method, StatusCode, Version};
use actix_web::{Error, HttpMessage, HttpResponse, web};

use super::Api;
use super::answer_body::{AnswerBody, OpenRequest};
use super::budget::{self, Seen};
use super::code::Code;
use super::connection::ConnectionState;
use super::cors;
use super::meter::Meter;
use super::problem::{PROBLEM_JSON, Problem};
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

type Outcome = Result<ServiceResponse<AnswerBody>, Error>;

impl<S> Transform<S, ServiceRequest> for Edge
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error> + 'static,
{
    type Response = ServiceResponse<AnswerBody>;
    type Error = Error;
    type Transform = EdgeService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(EdgeService { inner, unmatched: Rc::new(Meter::new("unmatched")) }))
    }
}

impl<S> Service<ServiceRequest> for EdgeService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error> + 'static,
{
    type Response = ServiceResponse<AnswerBody>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Outcome>>>;

    forward_ready!(inner);

    fn call(&self, mut req: ServiceRequest) -> Self::Future {
        let started = Instant::now();
        let api: Arc<Api> = Arc::clone(Api::of(req.request()));
        let id = RequestId::of(req.headers(), api.sources.now());
        req.extensions_mut().insert(id.clone());
        let unmatched = Rc::clone(&self.unmatched);
        let mut open = opened(&mut req);
        if api.lifecycle.is_draining() && !is_for_operators(req.path()) {
            let problem = Problem::new(Code::ShuttingDown).closing();
            let response = problem.render(&api.problem_types, &id.0);
            let response = req.into_response(response);
            return Box::pin(ready(Ok(finished(response, &api, &id, &unmatched, started, open))));
        }
        let lane = match admitted(&req, &api) {
            Ok(lane) => lane,
            Err((lane, away)) => {
                let mut response = Problem::from(away).render(&api.problem_types, &id.0);
                budget::tell(response.headers_mut(), lane, Err(&away));
                let response = cors::share(req.into_response(response), &api.origins);
                return Box::pin(ready(Ok(finished(response, &api, &id, &unmatched, started, open))));
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
            let response = cors::share(response, &api.origins);
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                open.upgraded();
            } else if !open.is_all_here() {
                // What lies in the connection already is looked at once more: it may be all of the request.
                tokio::task::yield_now().await;
                let _or_the_connection_ends = open.is_all_here();
            }
            Ok(finished(response, &api, &id, &unmatched, started, open))
        })
    }
}

fn opened(req: &mut ServiceRequest) -> OpenRequest {
    let connection = req.request().conn_data::<Rc<ConnectionState>>().cloned();
    let mut payload = req.take_payload();
    let open = OpenRequest::begin(&mut payload, connection);
    req.set_payload(payload);
    open
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
fn with_problem_body(response: ServiceResponse, api: &Api, id: &RequestId) -> ServiceResponse {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let rendered = match response.response().error() {
        Some(error) => match error.as_error::<Problem>() {
            Some(problem) => render(problem, api, id),
            None => render(&stray(status, error), api, id),
        },
        None if matches!(response.response().body().size(), BodySize::None | BodySize::Sized(0)) => {
            render(&stray(status, &status), api, id)
        }
        None => return response,
    };
    response.into_response(rendered)
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

fn finished(
    mut response: ServiceResponse,
    api: &Api,
    id: &RequestId,
    unmatched: &Meter,
    started: Instant,
    open: OpenRequest,
) -> ServiceResponse<AnswerBody> {
    protect(response.headers_mut(), id);
    speak_older(&mut response);
    let took = started.elapsed();
    let status = response.status();
    let request = response.request();
    let meter = request.app_data::<Meter>().unwrap_or(unmatched);
    meter.record(request.method(), status, took);
    if tracing::enabled!(tracing::Level::DEBUG) {
        log(request.method(), request.path(), status, took, id, api);
    }
    response.map_body(|_, body| AnswerBody::new(body, Some(open)))
}

/// HTTP/1.0 knows no chunks: an answer without a length ends with its connection (RFC 9112, section 6.3).
fn speak_older(response: &mut ServiceResponse) {
    let is_older = response.request().version() < Version::HTTP_11;
    if is_older && response.response().body().size() == BodySize::Stream {
        let head = response.response_mut().head_mut();
        head.no_chunking(true);
        head.set_connection_type(ConnectionType::Close);
    }
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

impl Api {
    /// What goes with a refusal that no handler made: of a head that is none, too long, or too slow.
    pub fn refused(&self, status: u16) -> Option<(String, Vec<u8>)> {
        let code = match status {
            400 => Code::BadRequest,
            408 => Code::HeadTimeout,
            431 => Code::HeadTooLarge,
            _ => return None,
        };
        let id = RequestId::of(&HeaderMap::new(), self.sources.now()).0;
        let body = Problem::new(code).body(&self.problem_types, &id);
        let headers = format!(
            "content-length: {}\r\ncontent-type: {PROBLEM_JSON}\r\ncache-control: no-store\r\n\
             connection: close\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\n\
             referrer-policy: no-referrer\r\n{}: {id}\r\n",
            body.len(),
            request_id::HEADER
        );
        Some((headers, body))
    }
}

/// An application needs its [`Api`]; this says so at the first request instead of in every handler.
impl Api {
    pub(super) fn of(req: &actix_web::HttpRequest) -> &Arc<Api> {
        let api: &web::Data<Api> = req.app_data().expect("the application is built with app_data(Data<Api>)");
        api
    }
}
