# ResNet-50, He et al. 2015, "Deep residual learning for image recognition", table 1, as version 1.5:
# the stride is on the 3x3. PyTorch's padding and epsilon.
# 25,557,032 trained weights and 4,089,184,256 multiply-adds at 1000 classes.
input 224 224 3
def unit(f, k, s=1) = conv2d $f $k stride=$s padding=($k/2) bias=no ! batchnorm epsilon=1e-5
def bottleneck(f, s=1) = unit $f 1 ! relu ! unit $f 3 $s ! relu ! unit (4*$f) 1
def block(f) = add( bottleneck $f | ) ! relu
def first(f, s) = add( bottleneck $f $s | unit (4*$f) 1 $s ) ! relu

unit 64 7 2 ! relu ! maxpool 3 stride=2 padding=1
  ! first 64 1  ! 2*block 64
  ! first 128 2 ! 3*block 128
  ! first 256 2 ! 5*block 256
  ! first 512 2 ! 2*block 512
  ! globalpool ! dense $classes
