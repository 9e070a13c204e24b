#include "tiers.h"
void icl_pool_reference(IclPoolKernels *table) {}
