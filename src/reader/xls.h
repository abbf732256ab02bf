/* Xls: what xls.c needs before the walls go up. */
#ifndef XINLV_READER_XLS_H
#define XINLV_READER_XLS_H

/* Opens the charset converters that libfreexl will ask for, and keeps them. */
void xls_preload(void);

/* Before the number of a descriptor, a 'path' that the reader's own fopen(3) opens: xls_open.c. */
#define XLS_MARK "\001xls:"

#endif
