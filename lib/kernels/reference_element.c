#include "tiers.h"
void icl_element_reference(IclElementKernels *table) {}
