#pragma once

#include <stdint.h>

/* Starts to count the allocations of all threads. Counting must not be running. */
void allocation_count_begin(void);

/* Stops counting and returns the number of allocations. */
uint64_t allocation_count_end(void);
