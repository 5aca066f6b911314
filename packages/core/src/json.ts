/** Values that survive a trip through JSON unchanged; every finite float64 does. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
