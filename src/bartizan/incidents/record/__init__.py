"""What the record holds, how a draft enters it, and the rules that it keeps."""
