//! Windows. It is compiled, and its promises are weaker than those of Unix:
//!
//! - A folder is reached by its path. While it is open its handle keeps it from being renamed or removed.
//! - Access control lists are not read: a file is the user's own, and a folder private, if it lies in the user's profile; a key is
//!   taken for private wherever it lies. New files and folders have the permissions of the folder that they lie in.
//! - Names do not outlive a loss of power for certain: folders cannot be synced.
//! - How much is free on a disk is not asked.
//! - Core dumps and debuggers are not kept away from the memory.

mod directory;
mod file;
mod process;

pub use directory::Directory;
pub use file::{
    FileId, append_without_waiting, create_private, free_space, is_only_ours, is_own, links, make_folders, make_public,
    open_no_link, open_without_waiting, others_may_read, read_at, start_to_sync, write_all_at,
};
pub use process::{HOME, Signals, is_superuser, keep_memory_private, kill_group, shell, start_group};
