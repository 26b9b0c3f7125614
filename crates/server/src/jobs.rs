//! Jobs: functions with a name that run again and again while the program serves.
//!
//! A job does a limited piece of work and ends; what it could not do waits for its next run. It
//! may run in several programs of one city at once: whatever it takes on, it takes in the
//! database. Tests call a job's function and need no time to pass.
//!
//! [`wechat`] what WeChat needs; [`counter`] what the counter interface need not remember;
//! [`trail`] looks at people, chained.

pub mod counter;
pub mod trail;
pub mod wechat;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::App;

/// A job and how long it rests between two runs.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// Its name in logs: a verb with its object.
    pub name: &'static str,
    /// How long it rests after a run.
    pub rest: Duration,
    /// One run; answers what it did, or `None` when there was nothing to do.
    pub run: fn(&App) -> anyhow::Result<Option<String>>,
}

/// Starts the jobs; each ends after the run under way once `stop` says so.
#[must_use]
pub fn start(app: &Arc<App>, jobs: Vec<Job>, stop: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
    jobs.into_iter().map(|job| tokio::spawn(repeat(app.clone(), job, stop.clone()))).collect()
}

async fn repeat(app: Arc<App>, job: Job, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let app = app.clone();
        match tokio::task::spawn_blocking(move || (job.run)(&app)).await {
            Ok(Ok(_)) => {}
            Ok(Err(failure)) => eprintln!("job {} failed: {failure:#}", job.name),
            // A bug stops the run, keeps its words, and not the program.
            Err(_) => eprintln!("job {} broke off", job.name),
        }
        tokio::select! {
            () = tokio::time::sleep(job.rest) => {}
            _ = stop.changed() => return,
        }
    }
}
