# Two convolutions and two dense layers without batch normalisation: the small CNN of compare.py.
# 421,642 trained weights at 10 classes.
input 28 28 1
conv2d 32 3 padding=same ! relu ! maxpool 2
  ! conv2d 64 3 padding=same ! relu ! maxpool 2
  ! flatten ! dense 128 ! relu ! dense $classes
