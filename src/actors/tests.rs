//! The actors against a real store.
