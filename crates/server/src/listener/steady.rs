//! A connection whose other end must take what it is sent in time.

use std::io::{Error, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// A stream that fails when an answer is not taken in time: from the first byte that has to wait
/// to the last one.
pub(super) struct Steady<S> {
    stream: S,
    patience: Duration,
    /// Runs while bytes wait.
    over: Option<Pin<Box<Sleep>>>,
}

impl<S> Steady<S> {
    pub(super) const fn new(stream: S, patience: Duration) -> Self {
        Self { stream, patience, over: None }
    }

    /// What the stream said, or that the time is over for what waits.
    fn in_time<T>(
        &mut self,
        context: &mut Context<'_>,
        said: Poll<std::io::Result<T>>,
    ) -> Poll<std::io::Result<T>> {
        if said.is_ready() {
            return said;
        }
        let patience = self.patience;
        let over = self.over.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        over.as_mut()
            .poll(context)
            .map(|()| Err(Error::new(ErrorKind::TimedOut, "the answer was not taken in time")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Steady<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Steady<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let said = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.in_time(context, said)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let said = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.in_time(context, said)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Everything that was written before is taken once this is ready.
    fn poll_flush(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        let said = Pin::new(&mut self.stream).poll_flush(context);
        if matches!(said, Poll::Ready(Ok(()))) {
            self.over = None;
        }
        self.in_time(context, said)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        let said = Pin::new(&mut self.stream).poll_shutdown(context);
        self.in_time(context, said)
    }
}
