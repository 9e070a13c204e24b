# EfficientNet-B0, Tan and Le 2019, "EfficientNet: rethinking model scaling for convolutional neural
# networks", table 1, with PyTorch's padding and epsilon. Squeeze-and-excite (Hu et al. 2018) has a
# quarter of the block's input channels; residual block number i of 16, from 0, is left out in
# i/16 * 0.2 of the training samples.
# 5,288,548 trained weights and 385,814,752 multiply-adds at 1000 classes.
input 224 224 3
def unit(f, k=1, s=1) = conv2d $f $k stride=$s padding=($k/2) bias=no ! batchnorm epsilon=1e-5
def depth(k, s) = depthwise_conv2d $k stride=$s padding=($k/2) bias=no ! batchnorm epsilon=1e-5
def excite(c, r) = multiply( | globalpool ! dense $r ! swish ! dense $c ! sigmoid )
def block(f, k, s, t=6) = unit ($t*$in) ! swish ! depth $k $s ! swish ! excite $in ($in/(4*$t)) ! unit $f
def same(f, k, i) = add( block $f $k 1 ! stochastic_depth ($i/80.0) | )

unit 32 3 2 ! swish
  ! depth 3 1 ! swish ! excite 32 8 ! unit 16       # the first block does not expand
  ! block 24 3 2  ! same 24 3 2
  ! block 40 5 2  ! same 40 5 4
  ! block 80 3 2  ! same 80 3 6 ! same 80 3 7
  ! block 112 5 1 ! same 112 5 9 ! same 112 5 10
  ! block 192 5 2 ! same 192 5 12 ! same 192 5 13 ! same 192 5 14
  ! block 320 3 1
  ! unit 1280 ! swish ! globalpool ! dropout 0.2 ! dense $classes
