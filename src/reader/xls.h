/* Xls: what xls.c needs before the walls go up. */
#ifndef XINLV_READER_XLS_H
#define XINLV_READER_XLS_H

/* Opens the charset converters that libfreexl will ask for, and keeps them. */
void xls_preload(void);

#endif
