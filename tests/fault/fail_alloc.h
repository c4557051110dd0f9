#pragma once

/* Shared between alloc_test and the processes that fail_alloc.so is loaded into. */
struct fail_alloc {
    long at;      /* the call that fails, from 0; -1: none */
    long ever;    /* 1: and all after it */
    long count;   /* calls so far */
    long reached; /* 1: a call has failed */
};
