#include "tiers.h"
void icl_conv_openblas(IclConvKernels *table) {}
