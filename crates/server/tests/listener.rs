//! Connections that dawdle, and a stop while a call is under way.
#![expect(clippy::unwrap_used, reason = "a test that can't go on stops here")]

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use server::listener::{Listener, Patience};
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};

/// What a test needs of a listener that runs.
struct Running {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    ended: Option<std::thread::JoinHandle<()>>,
}

fn run(routes: Router, patience: Patience) -> Running {
    let (stop, stopped) = oneshot::channel();
    let (told, address) = std::sync::mpsc::channel();
    let ended = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
            told.send(socket.local_addr().unwrap()).unwrap();
            let listener = Listener { socket, tls: None, routes, patience };
            listener
                .serve(async {
                    let _ = stopped.await;
                })
                .await;
        });
    });
    Running { address: address.recv().unwrap(), stop: Some(stop), ended: Some(ended) }
}

impl Running {
    fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    fn wait(&mut self) {
        self.ended.take().unwrap().join().unwrap();
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

/// What the program says before it closes the connection.
fn rest(mut stream: TcpStream) -> String {
    let mut said = Vec::new();
    match stream.read_to_end(&mut said) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("the connection stays open: {error}"),
    }
    String::from_utf8_lossy(&said).into_owned()
}

fn impatient() -> Patience {
    let short = Duration::from_millis(200);
    Patience { head: short, body: short, answer: short, handshake: short, ..Patience::default() }
}

#[test]
fn a_head_that_does_not_end_is_cut_off_and_others_are_served() {
    let mut running = run(Router::new().route("/", get(|| async { "here" })), impatient());
    let mut slow = connect(running.address);
    slow.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ").unwrap();
    let silent = connect(running.address);
    let mut quick = connect(running.address);
    quick.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    assert!(rest(quick).ends_with("here"));
    assert!(!rest(slow).contains("200 OK"));
    assert_eq!(rest(silent), "");
    running.stop();
    running.wait();
}

#[test]
fn a_body_that_does_not_come_is_an_error_of_its_reader() {
    let read = |body: axum::body::Body| async move {
        match axum::body::to_bytes(body, 1_000).await {
            Ok(_) => "whole",
            Err(_) => "too slow",
        }
    };
    let mut running = run(Router::new().route("/", post(read)), impatient());
    let mut slow = connect(running.address);
    slow.write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf").unwrap();
    assert!(rest(slow).ends_with("too slow"));
    let mut quick = connect(running.address);
    quick
        .write_all(
            b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 4\r\n\r\nhalf",
        )
        .unwrap();
    assert!(rest(quick).ends_with("whole"));
    running.stop();
    running.wait();
}

#[test]
fn an_answer_that_is_not_taken_is_cut_off_and_the_place_is_free_again() {
    const MUCH: usize = 16 * 1024 * 1024;
    let routes = Router::new()
        .route("/much", get(|| async { vec![b'x'; MUCH] }))
        .route("/", get(|| async { "here" }));
    let mut running =
        run(routes, Patience { connections_max: 1, answer: Duration::from_secs(1), ..impatient() });
    let mut idle = connect(running.address);
    idle.write_all(b"GET /much HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut next = connect(running.address);
    next.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    assert!(rest(next).ends_with("here"), "the only place is free again");
    assert!(rest(idle).len() < MUCH, "the answer was cut off");
    let mut reads = connect(running.address);
    reads.write_all(b"GET /much HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    assert!(rest(reads).len() > MUCH, "who reads gets all of it");
    running.stop();
    running.wait();
}

#[test]
fn a_stop_lets_the_call_under_way_end_and_takes_no_new_one() {
    let (begun, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inside, outside) = ((Arc::clone(&begun), Arc::clone(&release)), (begun, release));
    let work = move || {
        let (begun, release) = inside.clone();
        async move {
            begun.notify_one();
            release.notified().await;
            "booked"
        }
    };
    let mut running = run(Router::new().route("/", get(work)), Patience::default());
    let mut call = connect(running.address);
    call.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(outside.0.notified());
    running.stop();
    // The socket is closed once the stop was seen; until then a connection may still be queued.
    while TcpStream::connect(running.address).is_ok() {
        std::thread::yield_now();
    }
    outside.1.notify_one();
    assert!(rest(call).ends_with("booked"));
    running.wait();
}
