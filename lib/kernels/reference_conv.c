#include "tiers.h"
void icl_conv_reference(IclConvKernels *table) {}
void icl_conv_weight_gradient_reference(IclConvKernels *table) {}
