# GoogLeNet, Szegedy et al. 2014, "Going deeper with convolutions", table 1, as PyTorch has it: with
# batch normalisation, the 5x5 windows as 3x3, and without the auxiliary classifiers.
# 6,624,904 trained weights and 1,498,376,192 multiply-adds at 1000 classes.
input 224 224 3
def unit(f, k=1, s=1) = conv2d $f $k stride=$s padding=($k/2) bias=no ! batchnorm epsilon=1e-3 ! relu
def half(k=3) = maxpool $k stride=2 padding=same
def inception(a, b, c, d, e, f) = concat( unit $a | unit $b ! unit $c 3 | unit $d ! unit $e 3
                                        | maxpool 3 stride=1 padding=1 ! unit $f )

unit 64 7 2 ! half
  ! unit 64 ! unit 192 3 ! half
  ! inception 64 96 128 16 32 32   ! inception 128 128 192 32 96 64 ! half
  ! inception 192 96 208 16 48 64  ! inception 160 112 224 24 64 64
  ! inception 128 128 256 24 64 64 ! inception 112 144 288 32 64 64
  ! inception 256 160 320 32 128 128 ! half 2
  ! inception 256 160 320 32 128 128 ! inception 384 192 384 48 128 128
  ! globalpool ! dropout 0.2 ! dense $classes
