//! Which web pages may call, and open the live stream. Whoever is no browser sends no `Origin` and may.

use std::net::SocketAddr;

use actix_web::http::Uri;

/// The allowed origins: our own addresses, and those that were set.
#[derive(Debug)]
pub(super) struct Origins(Vec<String>);

impl Origins {
    pub(super) fn new(public_url: &str, listen: SocketAddr, allowed: &[String]) -> Self {
        let port = listen.port();
        let mut origins: Vec<String> = [public_url].into_iter().filter_map(origin_of).collect();
        origins.push(format!("http://{listen}"));
        origins.extend(["localhost", "127.0.0.1", "[::1]"].map(|host| format!("http://{host}:{port}")));
        origins.extend(allowed.iter().filter_map(|origin| origin_of(origin)));
        Self(origins)
    }

    pub(super) fn allow(&self, origin: &str) -> bool {
        self.0.iter().any(|known| known.eq_ignore_ascii_case(origin))
    }
}

/// Whether the page comes from the address that it asks: under whichever name or number this server was reached.
pub(super) fn is_same(origin: &str, host: &str) -> bool {
    let (default_port, authority) = match origin.split_once("://") {
        Some(("http", authority)) => (":80", authority),
        Some(("https", authority)) => (":443", authority),
        _ => return false,
    };
    let without_default = |authority: &'_ str| -> String {
        authority.strip_suffix(default_port).unwrap_or(authority).to_ascii_lowercase()
    };
    !authority.is_empty() && without_default(authority) == without_default(host)
}

/// `https://shop.example/a/b` → `https://shop.example`, as browsers send it: without a default port.
fn origin_of(url: &str) -> Option<String> {
    let url: Uri = url.parse().ok()?;
    let (scheme, host) = (url.scheme_str()?, url.host()?);
    let port = url.port_u16().filter(|&port| !matches!((scheme, port), ("http", 80) | ("https", 443)));
    Some(port.map_or_else(|| format!("{scheme}://{host}"), |port| format!("{scheme}://{host}:{port}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_of_the_address_that_it_asks_or_not() {
        for (origin, host) in [
            ("http://192.168.1.5:8080", "192.168.1.5:8080"),
            ("http://Shop.Local:8080", "shop.local:8080"),
            ("http://shop.example", "shop.example"),
            ("http://shop.example", "shop.example:80"),
            ("https://shop.example", "shop.example"),
            ("https://shop.example", "shop.example:443"),
            ("http://[fe80::1]:8080", "[fe80::1]:8080"),
        ] {
            assert!(is_same(origin, host), "{origin} {host}");
        }
        for (origin, host) in [
            ("http://evil.example", "shop.example"),
            ("http://shop.example:8080", "shop.example"),
            ("http://shop.example", "shop.example:8080"),
            ("http://shop.example", "shop.example:443"),
            ("http://shop.example.evil.example", "shop.example"),
            ("http://evil.example/shop.example", "shop.example"),
            ("ftp://shop.example", "shop.example"),
            ("shop.example", "shop.example"),
            ("null", "null"),
            ("http://", ""),
            ("", ""),
        ] {
            assert!(!is_same(origin, host), "{origin} {host}");
        }
    }

    #[test]
    fn our_own_pages_and_those_that_were_allowed_and_no_other() {
        let listen = "0.0.0.0:8080".parse().unwrap();
        let allowed = ["https://partner.example".to_owned()];
        let origins = Origins::new("https://shop.example:443/tickets", listen, &allowed);
        for origin in [
            "https://shop.example",
            "HTTPS://Shop.Example",
            "http://localhost:8080",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
            "https://partner.example",
        ] {
            assert!(origins.allow(origin), "{origin}");
        }
        for origin in [
            "https://evil.example",
            "https://shop.example.evil.example",
            "http://shop.example",
            "https://shop.example:8443",
            "http://localhost",
            "http://localhost:3000",
            "null",
            "",
        ] {
            assert!(!origins.allow(origin), "{origin}");
        }
    }
}
