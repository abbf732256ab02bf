/* Preload: opens, before the walls go up, every file that a library would open later. */
#ifndef XINLV_READER_PRELOAD_H
#define XINLV_READER_PRELOAD_H

void preload(void);

#endif
