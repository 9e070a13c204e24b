# DenseNet-121, Huang et al. 2016, "Densely connected convolutional networks", table 1, with PyTorch's
# padding and epsilon.
# 7,978,856 trained weights and 2,834,161,664 multiply-adds at 1000 classes.
input 224 224 3
def conv(f, k=1, s=1) = conv2d $f $k stride=$s padding=($k/2) bias=no
def norm(e=1e-5) = batchnorm epsilon=$e ! relu
def layer(f) = concat( | norm ! conv (4*$f) ! norm ! conv $f 3 )
def transition(f) = norm ! conv $f ! averagepool 2

conv 64 7 2 ! norm ! maxpool 3 stride=2 padding=1
  ! 6*layer 32  ! transition 128
  ! 12*layer 32 ! transition 256
  ! 24*layer 32 ! transition 512
  ! 16*layer 32 ! norm
  ! globalpool ! dense $classes
