//! A local server that follows the documented contract strictly: for trying things out, for CI, and for our own tests.
//!
//! It listens on loopback only and shares no code with the client, so that a mistake in how the client writes contacts
//! shows. It does not model undocumented behaviour of the real server.

mod access;
mod contact;
mod contract;
mod fast_path;
mod faults;
mod listing;
mod page;
mod server;
mod store;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use server::Server;
use store::Store;

pub use store::StoreMode;

/// The behaviour of a sandbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The token that requests must send.
    pub token: String,
    /// The delay before each answer to a POST.
    pub latency: Duration,
    /// The share of POSTs that is answered 503, from 0 to 1.
    pub fail_rate: f64,
    /// With the same seed the same POSTs fail, counted from the first.
    pub seed: u64,
    /// POSTs a second; those above it are answered 429. `None` is no limit.
    pub rate: Option<f64>,
    /// Bodies of more bytes are answered 413. `None` leaves the limit of 16 MiB.
    pub max_body: Option<u64>,
    /// Numbers with their calling code; a batch that holds one of them is answered 400.
    pub refuse: Vec<u64>,
    /// How much of a contact is stored.
    pub keep: StoreMode,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            port: 8787,
            token: "sandbox".to_owned(),
            latency: Duration::ZERO,
            fail_rate: 0.0,
            seed: 0,
            rate: None,
            max_body: None,
            refuse: Vec::new(),
            keep: StoreMode::Contacts,
        }
    }
}

/// A running sandbox; it ends when it is stopped or dropped.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    store: SharedStore,
    serving: JoinSet<()>,
    /// Dropped when the sandbox stops.
    running: oneshot::Sender<()>,
}

impl Sandbox {
    /// Opens the port and serves it in a task.
    ///
    /// # Errors
    /// The port is in use, or may not be opened.
    pub async fn start(options: Options) -> io::Result<Sandbox> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let address = listener.local_addr()?;
        let store = SharedStore::new(Store::new(options.keep));
        let server = Arc::new(Server::new(options, address.port(), store.clone()));
        let mut serving = JoinSet::new();
        let (running, stopped) = oneshot::channel();
        serving.spawn(server::serve(listener, server, stopped));
        Ok(Sandbox { address, store, serving, running })
    }

    /// The URL that contacts are posted to.
    pub fn endpoint(&self) -> String {
        format!("http://{}{}", self.address, contract::PATH)
    }

    /// The number of contacts stored.
    pub fn contacts(&self) -> usize {
        self.store.lock().len()
    }

    /// Closes the port and every connection.
    pub async fn stop(mut self) {
        drop(self.running);
        while self.serving.join_next().await.is_some() {}
    }
}

/// The stored contacts, shared between the connections.
#[derive(Clone)]
struct SharedStore(Arc<Mutex<Store>>);

impl SharedStore {
    fn new(store: Store) -> SharedStore {
        SharedStore(Arc::new(Mutex::new(store)))
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for SharedStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SharedStore({} contacts)", self.lock().len())
    }
}
