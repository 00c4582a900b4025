// Which processor a thread runs on.
#ifndef REEL_PLACEMENT_H
#define REEL_PLACEMENT_H

/// The processor that the calling thread runs on; -1 where the system does not tell.
int reel_current_processor(void);

/// The calling thread, as `reel_keep_off_processor` takes it.
int reel_current_thread(void);

/// Lets a thread of this process run on every processor that the process may use but one. Changes
/// nothing where it may use no other.
void reel_keep_off_processor(int thread, int processor);
#endif
