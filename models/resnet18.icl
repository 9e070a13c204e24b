# ResNet-18, He et al. 2015, "Deep residual learning for image recognition", table 1, with
# PyTorch's padding and epsilon.
# 11,689,512 trained weights and 1,814,073,344 multiply-adds at 1000 classes.
input 224 224 3
def unit(f, k, s=1) = conv2d $f $k stride=$s padding=($k/2) bias=no ! batchnorm epsilon=1e-5
def basic(f) = add( unit $f 3   ! relu ! unit $f 3 | ) ! relu
def down(f)  = add( unit $f 3 2 ! relu ! unit $f 3 | unit $f 1 2 ) ! relu

unit 64 7 2 ! relu ! maxpool 3 stride=2 padding=1
  ! 2*basic 64
  ! down 128 ! basic 128
  ! down 256 ! basic 256
  ! down 512 ! basic 512
  ! globalpool ! dense $classes
