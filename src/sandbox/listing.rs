//! `GET /contacts`: everything held as one JSON array, written piece by piece, so that a million contacts need no
//! second copy. Contacts that arrive meanwhile are not in it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;

use bytes::Bytes;
use hyper::body::{Body, Frame};

use super::Shelf;
use super::contact::Phone;
use super::store::{Held, Store};

/// A piece of the array has about so many bytes.
const PIECE: usize = 64 << 10;

/// The array, as far as it is not written yet.
pub struct Listing {
    shelf: Shelf,
    walk: Walk,
    state: State,
}

enum Walk {
    /// The places of the order of arrival that are still to be listed.
    Places(std::ops::Range<usize>),
    /// Phones in numerical order, when nothing else was kept.
    Phones(vec::IntoIter<Phone>),
}

enum State {
    Begin,
    Middle,
    End,
}

impl Listing {
    /// Of what is held now.
    pub fn new(shelf: Shelf) -> Listing {
        let walk = match &*shelf.lock() {
            Store::Contacts(contacts) => Walk::Places(0..contacts.held().len()),
            Store::Phones(phones) => {
                let mut phones: Vec<Phone> = phones.iter().copied().collect();
                phones.sort_unstable();
                Walk::Phones(phones.into_iter())
            }
        };
        Listing { shelf, walk, state: State::Begin }
    }

    /// The next piece; `None` behind the end.
    fn piece(&mut self) -> Option<Vec<u8>> {
        let mut piece = Vec::with_capacity(PIECE + 1024);
        match self.state {
            State::End => return None,
            State::Middle => {}
            State::Begin => piece.push(b'['),
        }
        let mut first = matches!(self.state, State::Begin);
        let mut write = |held: &Held| {
            if !std::mem::take(&mut first) {
                piece.extend_from_slice(b",\n");
            }
            held.write(&mut piece);
            piece.len() < PIECE
        };
        let more = match &mut self.walk {
            Walk::Phones(phones) => phones.all(|phone| write(&Held::bare(phone))),
            Walk::Places(places) => match &*self.shelf.lock() {
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
