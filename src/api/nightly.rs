//! The timer of the nightly run: at one time of day, in one zone, every day. A run that was cut off is gone on with as
//! soon as the server starts.

use super::rematch_service::begin_rematch;
use super::service::Service;
use crate::error::Error;
use crate::model::partial_date::Day;
use crate::model::rematch::RunState;
use crate::workflow::list_rematch_runs;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use std::time::Duration;

/// The longest sleep at a stretch, so that a clock that is set is noticed.
const STRETCH: Duration = Duration::from_secs(60);

/// When to run each night.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nightly {
    at: Time,
    zone: TimeZone,
}

impl Nightly {
    /// A time as in `02:30`, and a zone of the time zone database as in `America/Vancouver`.
    pub fn new(at: &str, zone: &str) -> Result<Nightly, Error> {
        let time = Time::strptime("%H:%M", at.trim())
            .map_err(|_| Error::invalid("rematch_at", "not a time of day: give it as HH:MM"))?;
        let zone = TimeZone::get(zone.trim()).map_err(|_| {
            let reason = "there is no such time zone: give it as in \"America/Vancouver\"";
            Error::invalid("rematch_zone", reason)
        })?;
        Ok(Nightly::daily(time, zone))
    }

    /// Every day at this time in this zone.
    pub fn daily(at: Time, zone: TimeZone) -> Nightly {
        Nightly { at, zone }
    }

    /// The first time after this one at which to run. A time that a change of the clocks leaves out falls after it; one
    /// that comes twice is taken once.
    pub fn next_after(&self, now: Timestamp) -> Option<Zoned> {
        let mut date = now.to_zoned(self.zone.clone()).date();
        for _ in 0..3 {
            let next = date.to_datetime(self.at).to_zoned(self.zone.clone()).ok()?;
            if next.timestamp() > now {
                return Some(next);
            }
            date = date.checked_add(1.day()).ok()?;
        }
        None
    }
}

fn day(date: Date) -> Option<Day> {
    let number = |part: i8| u8::try_from(part).ok();
    Day::from_ymd(
        date.year().into(),
        number(date.month())?,
        number(date.day())?,
    )
}

impl Service {
    /// Runs each night until the server stops.
    pub(super) async fn run_nightly(self, nightly: Nightly) {
        let mut stopping = self.stopping.clone();
        self.go_on_with_cut_off_run().await;
        while let Some(next) = nightly.next_after(Timestamp::now()) {
            tracing::info!(at = %next, "the next nightly run");
            loop {
                let left = next.timestamp().duration_since(Timestamp::now());
                let Ok(left) = Duration::try_from(left) else {
                    break;
                };
                if left.is_zero() {
                    break;
                }
                tokio::select! {
                    () = tokio::time::sleep(left.min(STRETCH)) => {}
                    _ = stopping.wait_for(|stopping| *stopping) => return,
                }
            }
            if let Some(day) = day(next.date()) {
                self.begin_night(&format!("rematch-{}", next.date()), day);
            }
        }
    }

    async fn go_on_with_cut_off_run(&self) {
        let answers = self.answers();
        let until = std::time::Instant::now() + self.limits.deadline;
        let read = self
            .offload
            .run_patiently(until, move || {
                list_rematch_runs(&answers.store, &answers.permit, None, 1)
            })
            .await;
        match read {
            Ok(runs) => {
                let cut_off = runs.first().filter(|run| run.state == RunState::Running);
                if let Some(run) = cut_off {
                    self.begin_night(&format!("rematch-again-{}", run.number.0), run.as_of);
                }
            }
            Err(error) => tracing::warn!(%error, "whether a nightly run was cut off is not known"),
        }
    }

    fn begin_night(&self, id: &str, as_of: Day) {
        let how = self.limits.rematch.how(as_of);
        match begin_rematch(&self.store, &self.exchange, id, how) {
            Ok(()) => tracing::info!(%as_of, "the nightly run has begun"),
            Err(error) => tracing::warn!(%error, "the nightly run has not begun"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(at: &str, zone: &str, now: &str) -> String {
        let nightly = Nightly::new(at, zone).expect("good settings");
        let now: Timestamp = now.parse().expect("a time");
        let next = nightly.next_after(now).expect("a next time");
        next.timestamp().to_string()
    }

    #[test]
    fn a_night_comes_once_a_day_in_its_zone() {
        let zone = "America/Vancouver";
        let table = [
            // Vancouver is eight hours behind in winter, seven in summer.
            ("02:30", "2026-01-10T10:00:00Z", "2026-01-10T10:30:00Z"),
            ("02:30", "2026-01-10T10:30:00Z", "2026-01-11T10:30:00Z"),
            ("02:30", "2026-07-10T10:00:00Z", "2026-07-11T09:30:00Z"),
            ("23:59", "2026-01-11T07:58:00Z", "2026-01-11T07:59:00Z"),
        ];
        for (at, now, expected) in table {
            assert_eq!(next(at, zone, now), expected, "{now}");
        }
    }

    #[test]
    fn a_time_that_the_clocks_leave_out_or_repeat_comes_once() {
        // In Paris the clocks go from 02:00 to 03:00 on 29 March 2026, and from 03:00 back to 02:00 on 25 October.
        assert_eq!(
            next("02:30", "Europe/Paris", "2026-03-28T12:00:00Z"),
            "2026-03-29T01:30:00Z"
        );
        assert_eq!(
            next("02:30", "Europe/Paris", "2026-03-29T01:30:00Z"),
            "2026-03-30T00:30:00Z"
        );
        assert_eq!(
            next("02:30", "Europe/Paris", "2026-10-24T12:00:00Z"),
            "2026-10-25T00:30:00Z"
        );
        assert_eq!(
            next("02:30", "Europe/Paris", "2026-10-25T00:30:00Z"),
            "2026-10-26T01:30:00Z"
        );
    }

    #[test]
    fn what_is_no_time_or_zone_is_refused() {
        for (at, zone) in [("25:00", "UTC"), ("soon", "UTC"), ("02:30", "Moon/Base")] {
            assert!(Nightly::new(at, zone).is_err(), "{at} {zone}");
        }
    }
}
