//! This program as a server with something wrong in its store: it lies about commits, knows no fence, or dies
//! at a chosen point. Production code has no hooks for that.

pub(crate) mod early;
pub(crate) mod points;
pub(crate) mod unfenced;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use fairhold::persistence::{self, Intercepted};
use fairhold::settings::{Flags, Settings};
use fairhold::sources::Sources;
use fairhold::startup;

use self::points::Point;
use crate::node::Start;
use crate::support::server::{Server, clean};

/// Tells this program to be a server, and what is wrong with it.
const FAULT: &str = "SERVE_WITH_FAULT";
const LISTEN: &str = "SERVE_ON_PORT";

/// How a server with this fault is started.
pub(crate) fn with(fault: &str) -> Start {
    let fault = fault.to_owned();
    Arc::new(move |home: &Path, port: u16| {
        let mut command = clean(Command::new(std::env::current_exe().unwrap()), home);
        command.args(["--ignored", "--exact", "--nocapture", "saboteur::serve"]);
        command.env(FAULT, &fault).env(LISTEN, port.to_string());
        Server::launch(command, home, port)
    })
}

#[test]
#[ignore = "it is the server of other tests, which start it"]
fn serve() {
    let Ok(fault) = std::env::var(FAULT) else { return };
    let listen = format!("127.0.0.1:{}", std::env::var(LISTEN).unwrap());
    let settings = Settings::load(&Flags { listen: Some(listen), ..Flags::default() }).unwrap();
    fairhold::telemetry::init_logs(&settings.log);
    actix::System::new().block_on(async {
        let url = settings.database_url.clone();
        let store = persistence::open(&url, settings.database_connections, &settings.data).await.unwrap();
        let store = match fault.as_str() {
            "early" => Intercepted::new(store, early::before),
            "unfenced" => Intercepted::new(store, move |_fenced| unfenced::instead(&url)),
            point => {
                let point = Point::parse(point);
                let appends = point.clone();
                Intercepted::new(store, move |inner| points::before(inner, &appends)).behind(point)
            }
        };
        let _server = startup::start_on(&settings, Sources::system(), Arc::new(store)).await.unwrap();
        std::future::pending::<()>().await;
    });
}
