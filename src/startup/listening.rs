//! The socket, and what every connection to it goes through.

use std::rc::Rc;
use std::time::Duration;

use actix_http::HttpService;
use actix_service::{ServiceFactoryExt, fn_service, map_config};
use actix_web::dev::AppConfig;
use actix_web::rt::net::TcpStream;
use actix_web::{App, web};
use socket2::{Domain, Protocol, SockRef, Socket, Type};

use super::{StartError, budgets};
use crate::actors::Placement;
use crate::http::{self, Api, Connection, Refused};
use crate::settings::Settings;

/// Connections that are still open then are cut: longer than the streams need to end.
const SHUTDOWN_MAX_SECONDS: u64 = 6;
/// A connection without a request ends after this.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Behind an answer to a request that was not read to its end, a connection stays open for so long: its client
/// gets the answer and not a reset.
const DISCONNECT_MAX: Duration = Duration::from_millis(1_500);
/// Connections that wait to be accepted.
const BACKLOG: i32 = 4_096;

pub(super) fn serve(
    settings: &Settings,
    listener: std::net::TcpListener,
    workers: usize,
    api: Api,
    placement: Option<Placement>,
    stall_max: Duration,
) -> std::io::Result<actix_web::dev::Server> {
    let api = web::Data::new(api);
    let connections = budgets::connections_max(settings) / workers;
    let head_max = Duration::from_secs(settings.head_seconds);
    let builder = actix_server::Server::build();
    let ending = builder.graceful_shutdown_signal();
    let service = move || {
        if let Some(placement) = &placement {
            placement.register(actix::Arbiter::current());
        }
        let app = App::new().app_data(api.clone()).wrap(http::middleware()).configure(http::configure);
        let (teller, ending) = (api.clone(), ending.clone());
        let refused: Refused = Rc::new(move |status| teller.refused(status));
        let protocol = HttpService::build()
            .graceful_shutdown_signal(move || {
                let ending = ending.clone();
                async move { ending.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(head_max)
            .client_disconnect_timeout(DISCONNECT_MAX)
            .on_connect_ext(|connection: &Connection, data| {
                data.insert(connection.state());
            })
            .h1(map_config(app, |()| AppConfig::default()));
        fn_service(move |io: TcpStream| {
            cut_stalled(&io, stall_max);
            let peer = io.peer_addr().ok();
            std::future::ready(Ok((Connection::new(io, head_max, refused.clone()), peer)))
        })
        .and_then(protocol)
    };
    let server = builder
        .workers(workers)
        .max_concurrent_connections(connections.max(1))
        .shutdown_timeout(SHUTDOWN_MAX_SECONDS)
        .disable_signals()
        .listen("http", listener, service)?;
    Ok(server.run())
}

/// Data that the other side does not take for so long ends the connection: nobody reads it.
fn cut_stalled(io: &TcpStream, stall_max: Duration) {
    if let Err(cause) = SockRef::from(io).set_tcp_user_timeout(Some(stall_max)) {
        tracing::debug!(%cause, "no write time-out on this connection");
    }
}

pub(super) fn cannot_listen(address: &str, cause: std::io::Error) -> StartError {
    StartError::Listen { address: address.to_owned(), cause }
}

pub(super) fn listen(text: &str) -> Result<std::net::TcpListener, StartError> {
    use std::net::ToSocketAddrs;
    let bind = || {
        let address =
            text.to_socket_addrs()?.next().ok_or_else(|| std::io::Error::other("no such address"))?;
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        Ok(socket.into())
    };
    bind().map_err(|cause| cannot_listen(text, cause))
}
