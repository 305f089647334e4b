/* The bytes of the embedded JavaScript library. TORC_BLOB is the file written by core/tools/embed.c;
 * core/builtins_table.h says what is in it. */
    .section .rodata
    .globl rt_builtins_blob
    .hidden rt_builtins_blob
    .type rt_builtins_blob, @object
    .balign 16
rt_builtins_blob:
    .incbin TORC_BLOB
    .size rt_builtins_blob, . - rt_builtins_blob

    .section .note.GNU-stack, "", @progbits
