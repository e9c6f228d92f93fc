#pragma once

#include <stdint.h>

/* Counts the allocations of all threads from here on; it must not be counting already. */
void allocation_count_begin(void);

/* Stops counting; how many there were. */
uint64_t allocation_count_end(void);
