//! Where the program listens. A connection that dawdles is closed, so that nobody holds the
//! program up by sending slowly; a stop lets every call that is under way end first.
//!
//! Files in reading order: [`tls`] the certificate of the caller, [`timely`] a body that must come
//! in time, [`steady`] an answer that must be taken in time.

mod steady;
mod timely;
pub mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tower::ServiceExt as _;

use steady::Steady;
pub(crate) use timely::BodyTooSlow;
use timely::Timely;
use tls::{ClientCertificate, Tls};

/// How long one listener waits for what.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the end of a TLS handshake.
    pub handshake: Duration,
    /// For the whole head of a request; a connection that rests longer between two is closed.
    pub head: Duration,
    /// For the whole body of a request.
    pub body: Duration,
    /// For the caller to take a whole answer.
    pub answer: Duration,
    /// For what is under way when the program is told to stop.
    pub stop: Duration,
    /// How many connections are open at once; more wait to be accepted.
    pub connections_max: usize,
}

/// A minute for a file of a hundred megabytes on a bank's line.
impl Default for Patience {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(20),
            body: Duration::from_secs(60),
            answer: Duration::from_secs(60),
            stop: Duration::from_secs(30),
            connections_max: 4_096,
        }
    }
}

/// An address that is listened on, and what answers there.
pub struct Listener {
    /// The socket.
    pub socket: TcpListener,
    /// With client certificates, or without TLS.
    pub tls: Option<Tls>,
    /// What answers.
    pub routes: Router,
    /// How long it waits for what.
    pub patience: Patience,
}

/// A pause after the system refused a connection, such as for want of file descriptors.
const REFUSED_PAUSE: Duration = Duration::from_millis(100);

impl Listener {
    /// Serves until `stop` is ready, then finishes what is under way.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let connections = Arc::new(Semaphore::new(self.patience.connections_max));
        let graceful = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let next = async {
                let place = Arc::clone(&connections).acquire_owned().await;
                (place, self.socket.accept().await)
            };
            let (place, accepted) = tokio::select! {
                next = next => next,
                () = &mut stop => break,
            };
            let Ok((stream, caller)) = accepted else {
                tokio::time::sleep(REFUSED_PAUSE).await;
                continue;
            };
            let connection = Connection {
                caller,
                routes: self.routes.clone(),
                patience: self.patience,
                watcher: graceful.watcher(),
            };
            let tls = self.tls.clone();
            tokio::spawn(async move {
                let _place = place;
                connection.serve(stream, tls).await;
            });
        }
        drop(self.socket);
        if timeout(self.patience.stop, graceful.shutdown()).await.is_err() {
            eprintln!("some calls did not end in time and are cut off");
        }
    }
}

struct Connection {
    caller: SocketAddr,
    routes: Router,
    patience: Patience,
    watcher: Watcher,
}

impl Connection {
    /// Serves one connection to its end. What goes wrong with it is the caller's to see.
    async fn serve(self, stream: TcpStream, tls: Option<Tls>) {
        // Answers are small: they are not to wait for more.
        let _ = stream.set_nodelay(true);
        let Some(tls) = tls else { return self.exchange(stream, None).await };
        if let Ok(Ok((stream, certificate))) =
            timeout(self.patience.handshake, tls.accept(stream)).await
        {
            self.exchange(stream, Some(certificate)).await;
        }
    }

    async fn exchange<S>(self, stream: S, certificate: Option<ClientCertificate>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self { caller, routes, patience, watcher } = self;
        let answer = move |request: hyper::Request<Incoming>| {
            let mut request: Request =
                request.map(|body| axum::body::Body::new(Timely::new(body, patience.body)));
            request.extensions_mut().insert(ConnectInfo(caller));
            if let Some(certificate) = &certificate {
                request.extensions_mut().insert(certificate.clone());
            }
            let routes = routes.clone();
            async move { routes.oneshot(request).await }
        };
        let stream = Steady::new(stream, patience.answer);
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(patience.head)
            .serve_connection(TokioIo::new(stream), hyper::service::service_fn(answer));
        let _ = watcher.watch(connection).await;
    }
}
