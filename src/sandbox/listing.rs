//! `GET /contacts`: all stored contacts as one JSON array, streamed, so that a million contacts need no second copy.
//! Contacts that arrive meanwhile are not in it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;

use bytes::Bytes;
use hyper::body::{Body, Frame};

use super::SharedStore;
use super::contact::Phone;
use super::store::{Store, StoredContact};

/// The approximate size of a frame, in bytes.
const PIECE: usize = 64 << 10;

/// The part of the array that is still to be sent.
pub struct Listing {
    store: SharedStore,
    walk: Walk,
    state: State,
}

enum Walk {
    /// Indexes in the order of arrival.
    Places(std::ops::Range<usize>),
    /// Phones in numerical order, where nothing else is stored.
    Phones(vec::IntoIter<Phone>),
}

enum State {
    Begin,
    Middle,
    End,
}

impl Listing {
    /// The contacts stored now.
    pub fn new(store: SharedStore) -> Listing {
        let walk = match &*store.lock() {
            Store::Contacts(contacts) => Walk::Places(0..contacts.held().len()),
            Store::Phones(phones) => {
                let mut phones: Vec<Phone> = phones.iter().copied().collect();
                phones.sort_unstable();
                Walk::Phones(phones.into_iter())
            }
        };
        Listing { store, walk, state: State::Begin }
    }

    /// The next frame; `None` after the last.
    fn piece(&mut self) -> Option<Vec<u8>> {
        let mut piece = Vec::with_capacity(PIECE + 1024);
        match self.state {
            State::End => return None,
            State::Middle => {}
            State::Begin => piece.push(b'['),
        }
        let mut first = matches!(self.state, State::Begin);
        let mut write = |held: &StoredContact| {
            if !std::mem::take(&mut first) {
                piece.extend_from_slice(b",\n");
            }
            held.write(&mut piece);
            piece.len() < PIECE
        };
        let more = match &mut self.walk {
            Walk::Phones(phones) => phones.all(|phone| write(&StoredContact::bare(phone))),
            Walk::Places(places) => match &*self.store.lock() {
                Store::Contacts(contacts) => places.all(|place| contacts.held().get(place).is_none_or(&mut write)),
                Store::Phones(_) => true,
            },
        };
        // `all` is true when the walk came to its end before the piece was full.
        self.state = if more { State::End } else { State::Middle };
        if more {
            piece.extend_from_slice(b"]\n");
        }
        Some(piece)
    }
}

impl Body for Listing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.get_mut().piece().map(|piece| Ok(Frame::data(piece.into()))))
    }
}
