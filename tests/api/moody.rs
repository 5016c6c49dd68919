//! A store with moods: well, down, or silent. What the database does to a server in bad times.

use std::sync::Arc;

use async_trait::async_trait;
use fairhold::persistence::*;
use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Well,
    /// Everything fails at once, and nothing is written.
    Down,
    /// Nothing is answered until the mood changes.
    Silent,
    /// It can be read and not written.
    ReadOnly,
}

/// The store, in the mood that the other end of the channel says.
pub fn moody(inner: Arc<dyn Store>, mood: watch::Receiver<Mood>) -> Arc<dyn Store> {
    let appends = mood.clone();
    let wrap = move |inner| -> Box<dyn Appender> { Box::new(MoodyAppender { inner, mood: appends.clone() }) };
    Arc::new(Intercepted::new(inner, wrap).behind(MoodyCalls { mood }))
}

struct MoodyCalls {
    mood: watch::Receiver<Mood>,
}

#[async_trait]
impl Gate for MoodyCalls {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        match call {
            // The writer has its connection already.
            "appender" => Ok(()),
            "take_over" | "probe" | "keep_snapshot" | "create" | "show" | "show_plan" => {
                writable(self.mood.clone()).await
            }
            _ => endured(self.mood.clone()).await,
        }
    }
}

async fn endured(mut mood: watch::Receiver<Mood>) -> Result<(), StoreError> {
    let mood = mood.wait_for(|mood| *mood != Mood::Silent).await;
    match mood.map_or(Mood::Down, |mood| *mood) {
        Mood::Down => Err(StoreError::new("ask the store", "it is down on purpose")),
        _ => Ok(()),
    }
}

async fn writable(mood: watch::Receiver<Mood>) -> Result<(), StoreError> {
    endured(mood.clone()).await?;
    match *mood.borrow() {
        Mood::ReadOnly => Err(StoreError::new("write", "it can only be read, on purpose")),
        _ => Ok(()),
    }
}

struct MoodyAppender {
    inner: Box<dyn Appender>,
    mood: watch::Receiver<Mood>,
}

#[async_trait]
impl Appender for MoodyAppender {
    async fn append(&mut self, rows: &[Append]) -> Result<Vec<Fenced>, AppendError> {
        endured(self.mood.clone()).await.map_err(AppendError::Refused)?;
        writable(self.mood.clone()).await.map_err(AppendError::Again)?;
        self.inner.append(rows).await
    }
}
