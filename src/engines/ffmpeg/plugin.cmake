# Cuts subtitles to the length of the film they go into.
recast_worker(ffmpeg)
