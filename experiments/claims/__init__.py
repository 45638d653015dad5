"""Claims that hold only under numbers nobody knows: small designs that say under which."""
