//! Between nights: as soon as something is recorded, the children whom it can touch are matched again. One task a server
//! looks for commits; the matching is done on a thread of its own, with no more processors than a night may have.

use super::changes::LOOK_EVERY;
use super::service::Service;
use crate::access::Permit;
use crate::ambient;
use crate::error::Error;
use crate::model::ids::Revision;
use crate::store::Stop;
use crate::workflow::{Readers, latest_revision, rematch_touched};
use std::sync::Arc;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often at least it is looked whether a night was done meanwhile, so that the first change after it need not wait
/// until everything is read that it rests on.
const LOOK_FOR_A_NIGHT: Duration = Duration::from_secs(5);

impl Service {
    /// Matches again whom each commit can touch, until the server stops.
    pub(super) async fn run_between_nights(self) {
        let readers: Arc<Mutex<Option<Readers>>> = Arc::default();
        let mut seen: Option<(Revision, Instant)> = None;
        let mut stopping = self.stopping.clone();
        loop {
            let head = latest_revision(&self.store);
            let is_done = |(known, at): &(Revision, Instant)| {
                *known == head && at.elapsed() < LOOK_FOR_A_NIGHT
            };
            if seen.as_ref().is_none_or(|seen| !is_done(seen)) {
                let stop = Stop::default();
                let matched = self.match_touched(Arc::clone(&readers), stop.clone());
                tokio::pin!(matched);
                let in_time = tokio::select! {
                    matched = &mut matched => Some(matched),
                    _ = stopping.wait_for(|stopping| *stopping) => None,
                };
                let matched = match in_time {
                    Some(matched) => matched,
                    None => {
                        stop.cancel();
                        matched.await
                    }
                };
                match matched {
                    Ok(()) => seen = Some((head, Instant::now())),
                    // A night, or an import, is under way.
                    Err(Error::Unavailable { .. } | Error::Cancelled { .. }) => {}
                    Err(error) => {
                        tracing::warn!(%error, "children touched by a change were not matched again");
                        seen = Some((head, Instant::now()));
                    }
                }
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = stopping.wait_for(|stopping| *stopping) => return,
            }
        }
    }

    async fn match_touched(
        &self,
        readers: Arc<Mutex<Option<Readers>>>,
        stop: Stop,
    ) -> Result<(), Error> {
        let store = Arc::clone(&self.store);
        let how = self.limits.rematch.how(ambient::today());
        let matching = tokio::task::spawn_blocking(move || {
            let permit = Permit::system("matching between nights").until(stop);
            let mut readers = readers.lock().unwrap_or_else(PoisonError::into_inner);
            rematch_touched(&store, &permit, &how, &mut readers, &mut |run| {
                let counts = run.counts;
                tracing::debug!(
                    run = run.number.0,
                    matched = counts.matched,
                    of = counts.children,
                    "children touched by a change are matched again"
                );
            })
        });
        let done = matching.await.map_err(|_| Error::Internal {
            detail: "matching between nights ended abnormally".to_owned(),
        })?;
        done.map(|_| ())
    }
}
