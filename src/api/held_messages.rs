//! Answers of many messages: whole before the first is sent, and held in memory until the last is read.

use super::service::Service;
use crate::error::Error;
use prost::Message;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::vec::IntoIter;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_stream::Stream;
use tonic::Status;

/// A whole answer, ready to be sent message by message, with its share of the bytes that may be unread.
pub struct HeldMessages<M> {
    messages: IntoIter<M>,
    _unread: OwnedSemaphorePermit,
}

/// How much of all answers may be unread.
#[derive(Clone)]
pub(super) struct Room {
    unread: Arc<Semaphore>,
    most: usize,
}

impl Service {
    pub(super) fn room(&self) -> Room {
        Room {
            unread: Arc::clone(&self.unread),
            most: self.limits.unread_bytes,
        }
    }
}

impl<M> HeldMessages<M> {
    /// Those that are not sent yet.
    pub(super) fn messages(&self) -> &[M] {
        self.messages.as_slice()
    }
}

impl Room {
    /// Takes a share for an answer; refused if too much of others is unread.
    pub(super) fn hold<M: Message>(self, messages: Vec<M>) -> Result<HeldMessages<M>, Error> {
        let bytes: usize = messages.iter().map(M::encoded_len).sum();
        let share = u32::try_from(bytes.min(self.most)).unwrap_or(u32::MAX);
        let unread = self.unread.try_acquire_many_owned(share);
        Ok(HeldMessages {
            messages: messages.into_iter(),
            _unread: unread.map_err(|_| Error::Unavailable {
                reason: "too much of other answers is unread".to_owned(),
            })?,
        })
    }
}

impl<M: Unpin> Stream for HeldMessages<M> {
    type Item = Result<M, Status>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.messages.next().map(Ok))
    }
}
