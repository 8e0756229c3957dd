//! Linux, macOS and the BSDs.

mod directory;
mod file;
mod process;

pub use directory::Directory;
pub use file::{
    FileId, append_without_waiting, create_private, free_space, is_only_ours, is_own, links, make_folders, make_public,
    open_no_link, open_without_waiting, others_may_read, read_at, start_to_sync, write_all_at,
};
pub use process::{HOME, Signals, is_superuser, keep_memory_private, kill_group, shell, start_group};
