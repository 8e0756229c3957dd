//! The body of a request, which notes when the connection begins to take it: until then nothing of the contacts has been
//! sent, and the request may go another way.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// Whether the body of a request has begun to be sent.
#[derive(Debug, Clone, Default)]
pub struct Begun(Arc<AtomicBool>);

impl Begun {
    /// Whether it has.
    pub fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// A body to be sent from its beginning.
    pub fn body(&self, bytes: &Bytes) -> RequestBody {
        self.0.store(false, Ordering::Release);
        RequestBody { bytes: Some(bytes.clone()).filter(|bytes| !bytes.is_empty()), begun: self.clone() }
    }
}

/// A body in one piece.
#[derive(Debug)]
pub struct RequestBody {
    bytes: Option<Bytes>,
    begun: Begun,
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.begun.0.store(true, Ordering::Release);
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}
