recast_worker(chrome)
