//! Where in a file: a chain on the stack that is written out only when something is wrong there.

use std::fmt;

/// A place in a JSON file. Prints as a JSON pointer (RFC 6901).
#[derive(Debug, Clone, Copy)]
pub(super) enum At<'a> {
    Root,
    Key(&'a At<'a>, &'a str),
    Index(&'a At<'a>, usize),
}

impl<'a> At<'a> {
    pub(super) fn key(&'a self, key: &'a str) -> At<'a> {
        At::Key(self, key)
    }

    pub(super) fn index(&'a self, index: usize) -> At<'a> {
        At::Index(self, index)
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            At::Root => Ok(()),
            At::Key(parent, key) => write!(f, "{parent}/{}", token(key)),
            At::Index(parent, index) => write!(f, "{parent}/{index}"),
        }
    }
}

/// A key as a token of a pointer.
pub(super) fn token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_prints_as_a_json_pointer() {
        let (zones, odd) = (At::Root.key("zones"), "a/b~c");
        let zone = zones.index(3);
        assert_eq!(At::Root.to_string(), "");
        assert_eq!(zone.key(odd).to_string(), "/zones/3/a~1b~0c");
    }
}
